-- question: How often does each rule speak, per server?
-- denominator: servers of current snapshots outside test code, of the language and kind asked for
-- unit: one row a rule; a server counts once however many findings it has
-- parameter: language; elixir or erlang
-- parameter: kind; library or application
-- parameter: confidence; certain, likely or possible: only findings of this confidence
WITH servers AS (
    SELECT id, blob_id FROM current_server
    WHERE ($1::text IS NULL OR language = $1) AND ($2::text IS NULL OR kind = $2)
), total AS (SELECT count(*) AS n FROM servers), found AS (
    SELECT g.* FROM current_finding g
    WHERE ($1::text IS NULL OR g.language = $1) AND ($2::text IS NULL OR g.kind = $2)
      AND ($3::text IS NULL OR g.confidence = $3)
), hits AS (
    SELECT g.rule, count(DISTINCT s.id) AS servers, count(DISTINCT s.blob_id) AS blobs
    FROM found g JOIN servers s ON s.id = g.server_id GROUP BY g.rule
), totals AS (
    SELECT rule, count(*) AS findings, count(DISTINCT repository_id) AS repositories
    FROM found GROUP BY rule
)
SELECT t.rule, t.findings, t.repositories, coalesce(h.servers, 0) AS servers,
       coalesce(h.blobs, 0) AS distinct_blobs,
       round(1000.0 * coalesce(h.servers, 0) / nullif(n, 0), 2) AS per_1000_servers,
       round((1000 * wilson_low(coalesce(h.servers, 0), n))::numeric, 2) AS low,
       round((1000 * wilson_high(coalesce(h.servers, 0), n))::numeric, 2) AS high
FROM totals t CROSS JOIN total LEFT JOIN hits h ON h.rule = t.rule
ORDER BY servers DESC, t.findings DESC, t.rule

-- question: How often does each rule speak, per server, and how often is it right?
-- denominator: servers of current snapshots outside test code, of the language and project asked for
-- unit: one row a rule; a server counts once however many findings it has; precision is of findings that people read
-- by: language, project, repository
-- parameter: language; elixir or erlang
-- parameter: project; library or application
-- parameter: confidence; certain, likely or possible: only findings of this confidence
WITH servers AS (
    SELECT id, blob_id, language, project, repository FROM stats.server
    WHERE ($1::text IS NULL OR language = $1) AND ($2::text IS NULL OR project = $2)
), total AS (
    SELECT
--by {by},
           count(*) AS n FROM servers
--by GROUP BY {by}
), found AS (
    SELECT g.* FROM stats.finding g
    WHERE ($1::text IS NULL OR g.language = $1) AND ($2::text IS NULL OR g.project = $2)
      AND ($3::text IS NULL OR g.confidence = $3)
), hits AS (
    SELECT
--by g.{by},
           g.rule, count(DISTINCT s.id) AS servers, count(DISTINCT s.blob_id) AS blobs
    FROM found g JOIN servers s ON s.id = g.server_id
    GROUP BY
--by g.{by},
             g.rule
), totals AS (
    SELECT
--by {by},
           rule, count(*) AS findings, count(DISTINCT repository_id) AS repositories
    FROM found
    GROUP BY
--by {by},
             rule
)
SELECT
--by t.{by},
       t.rule, t.findings, t.repositories, coalesce(h.servers, 0) AS servers,
       coalesce(h.blobs, 0) AS distinct_blobs, n AS of_servers,
       round(1000.0 * coalesce(h.servers, 0) / nullif(n, 0), 2) AS per_1000_servers,
       round((1000 * wilson_low(coalesce(h.servers, 0), n))::numeric, 2) AS low,
       round((1000 * wilson_high(coalesce(h.servers, 0), n))::numeric, 2) AS high,
       coalesce(p.precision, 'unmeasured') AS precision, p.kappa
FROM totals t
JOIN total ON true
--by AND total.{by} = t.{by}
LEFT JOIN hits h ON h.rule = t.rule
--by AND h.{by} = t.{by}
LEFT JOIN stats.precision p ON p.rule = t.rule
ORDER BY
--by t.{by},
         servers DESC, t.findings DESC, t.rule

-- question: How often does each rule speak, at each confidence?
-- denominator: servers of current snapshots outside test code
-- unit: one row a rule and confidence; a server counts once in each
-- parameter: language; elixir or erlang
WITH total AS (
    SELECT count(*) AS n FROM stats.server WHERE $1::text IS NULL OR language = $1
)
SELECT g.rule, g.confidence, count(*) AS findings, count(DISTINCT g.repository_id) AS repositories,
       count(DISTINCT s.id) AS servers, count(DISTINCT s.blob_id) AS distinct_blobs,
       round(1000.0 * count(DISTINCT s.id) / nullif(n, 0), 2) AS per_1000_servers,
       round((1000 * wilson_low(count(DISTINCT s.id), n))::numeric, 2) AS low,
       round((1000 * wilson_high(count(DISTINCT s.id), n))::numeric, 2) AS high,
       coalesce(p.precision, 'unmeasured') AS precision, p.kappa
FROM stats.finding g
CROSS JOIN total
LEFT JOIN stats.server s ON s.id = g.server_id
LEFT JOIN stats.precision p ON p.rule = g.rule
WHERE $1::text IS NULL OR g.language = $1
GROUP BY g.rule, g.confidence, n, p.precision, p.kappa
ORDER BY g.rule, array_position(ARRAY['certain', 'likely', 'possible'], g.confidence)

-- question: How often do the rules of each family speak, in which language, and how often are they right?
-- denominator: servers of the language outside test code
-- unit: one row a family, rule and language; a server counts once
WITH total AS (
    SELECT language, count(*) AS n FROM stats.server GROUP BY language
)
SELECT g.family, g.rule, t.language, count(g.id) FILTER (WHERE g.language = t.language) AS findings,
       count(DISTINCT s.id) AS servers, count(DISTINCT s.blob_id) AS distinct_blobs,
       count(DISTINCT s.repository_id) AS repositories,
       round(1000.0 * count(DISTINCT s.id) / t.n, 2) AS per_1000_servers,
       round((1000 * wilson_low(count(DISTINCT s.id), t.n))::numeric, 2) AS low,
       round((1000 * wilson_high(count(DISTINCT s.id), t.n))::numeric, 2) AS high,
       coalesce(p.precision, 'unmeasured') AS precision, p.kappa
FROM stats.finding g
CROSS JOIN total t
LEFT JOIN stats.server s ON s.id = g.server_id AND s.language = t.language
LEFT JOIN stats.precision p ON p.rule = g.rule
GROUP BY g.family, g.rule, t.language, t.n, p.precision, p.kappa
ORDER BY g.family, servers DESC, g.rule, t.language

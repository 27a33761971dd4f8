-- question: Do applications and libraries differ in how often rules speak?
-- denominator: servers of the kind of repository
-- unit: one row a kind
WITH servers AS (SELECT kind, count(*) AS n FROM current_server GROUP BY kind)
SELECT s.kind, s.n AS servers, count(g.id) AS findings,
       round(1000.0 * count(g.id) / nullif(s.n, 0), 2) AS findings_per_1000_servers,
       count(DISTINCT g.server_id) AS servers_with_findings,
       percent(count(DISTINCT g.server_id), s.n) AS percent,
       round((100 * wilson_low(count(DISTINCT g.server_id), s.n))::numeric, 2) AS low,
       round((100 * wilson_high(count(DISTINCT g.server_id), s.n))::numeric, 2) AS high
FROM servers s LEFT JOIN current_finding g ON g.kind = s.kind
GROUP BY s.kind, s.n
ORDER BY s.kind

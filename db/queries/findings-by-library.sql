-- question: Do applications and libraries differ in how often rules speak?
-- denominator: servers of the kind of repository
-- unit: one row a kind of repository
-- by: language
WITH servers AS (
    SELECT
--by {by},
           project, count(*) AS n, count(DISTINCT repository_id) AS repositories
    FROM stats.server
    GROUP BY
--by {by},
             project
)
SELECT
--by s.{by},
       s.project, s.n AS servers, s.repositories, count(g.id) AS findings,
       round(1000.0 * count(g.id) / nullif(s.n, 0), 2) AS findings_per_1000_servers,
       count(DISTINCT g.server_id) AS servers_with_findings,
       count(DISTINCT g.blob_id) AS distinct_blobs,
       percent(count(DISTINCT g.server_id), s.n) AS percent,
       round((100 * wilson_low(count(DISTINCT g.server_id), s.n))::numeric, 2) AS low,
       round((100 * wilson_high(count(DISTINCT g.server_id), s.n))::numeric, 2) AS high
FROM servers s LEFT JOIN stats.finding g ON g.project = s.project
--by AND g.{by} = s.{by}
GROUP BY
--by s.{by},
         s.project, s.n, s.repositories
ORDER BY
--by s.{by},
         s.project

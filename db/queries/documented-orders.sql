-- question: Does the code enforce the orders that its documentation states?
-- denominator: orders stated in the documentation of servers outside test code
-- unit: one row a language and status
-- by: project, repository
SELECT
--by {by},
       language, status, count(*) AS orders,
       count(DISTINCT blob_id) AS distinct_blobs, count(DISTINCT repository_id) AS repositories,
       count(DISTINCT server_id) AS servers,
       percent(count(*), sum(count(*)) OVER w) AS percent
FROM (SELECT o.status, o.server_id, v.language, v.project, v.repository, v.repository_id, v.blob_id
      FROM documented_order o JOIN stats.server v ON v.id = o.server_id) AS stated
GROUP BY
--by {by},
         language, status
WINDOW w AS (PARTITION BY
--by {by},
             language)
ORDER BY
--by {by},
         language, orders DESC, status

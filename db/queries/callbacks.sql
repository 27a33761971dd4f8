-- question: What do servers handle: the mix of callback clauses?
-- denominator: callback clauses of servers outside test code, of the language
-- unit: one row a language and callback
-- by: project, repository
SELECT
--by {by},
       language, callback, count(*) AS clauses,
       count(DISTINCT blob_id) AS distinct_blobs, count(DISTINCT repository_id) AS repositories,
       count(DISTINCT server_id) AS servers,
       percent(count(*), sum(count(*)) OVER w) AS percent
FROM stats.clause
GROUP BY
--by {by},
         language, callback
WINDOW w AS (PARTITION BY
--by {by},
             language)
ORDER BY
--by {by},
         language, clauses DESC, callback

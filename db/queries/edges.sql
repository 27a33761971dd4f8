-- question: How do processes speak to each other, by kind of message edge?
-- denominator: message edges of the language outside test code
-- unit: one row a language and kind
-- by: project, repository
SELECT
--by {by},
       language, kind, count(*) AS edges, count(target_server_id) AS resolved,
       percent(count(target_server_id), count(*)) AS percent_resolved,
       count(DISTINCT blob_id) AS distinct_blobs, count(DISTINCT repository_id) AS repositories
FROM stats.edge
GROUP BY
--by {by},
         language, kind
ORDER BY
--by {by},
         language, edges DESC, kind

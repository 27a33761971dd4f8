-- question: How many processes of a server may there be, and is it registered by name?
-- denominator: servers of the language, outside test code
-- unit: one row a language, number of instances and identity
-- by: project, repository
SELECT
--by {by},
       language, instances, identity, count(*) AS servers,
       count(DISTINCT blob_id) AS distinct_blobs, count(DISTINCT repository_id) AS repositories,
       percent(count(*), sum(count(*)) OVER w) AS percent
FROM stats.server
GROUP BY
--by {by},
         language, instances, identity
WINDOW w AS (PARTITION BY
--by {by},
             language)
ORDER BY
--by {by},
         language, servers DESC, instances, identity

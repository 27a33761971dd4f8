-- question: How long may children take to stop?
-- denominator: children of supervisors of the language outside test code
-- unit: one row a language, type and shutdown value
-- by: project, repository
SELECT
--by {by},
       language, type, shutdown, shutdown_ms, shutdown_source, count(*) AS children,
       count(DISTINCT blob_id) AS distinct_blobs, count(DISTINCT repository_id) AS repositories,
       percent(count(*), sum(count(*)) OVER w) AS percent
FROM stats.child
GROUP BY
--by {by},
         language, type, shutdown, shutdown_ms, shutdown_source
WINDOW w AS (PARTITION BY
--by {by},
             language)
ORDER BY
--by {by},
         language, children DESC, type, shutdown, shutdown_ms, shutdown_source

-- question: What could not be resolved, and why?
-- denominator: all unresolved targets of the language outside test code
-- unit: one row a language and cause
-- by: project, repository
SELECT
--by {by},
       language, cause, sum(targets)::bigint AS targets, count(DISTINCT blob_id) AS distinct_blobs,
       count(DISTINCT repository_id) AS repositories,
       percent(sum(targets), sum(sum(targets)) OVER w) AS percent
FROM stats.unresolved
GROUP BY
--by {by},
         language, cause
WINDOW w AS (PARTITION BY
--by {by},
             language)
ORDER BY
--by {by},
         language, targets DESC, cause

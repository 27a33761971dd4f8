-- question: Which restart types do children have, stated or by default?
-- denominator: children of supervisors of the language outside test code
-- unit: one row a language, kind and restart type
-- by: project, repository
SELECT
--by {by},
       language, kind, restart, restart_source, count(*) AS children,
       count(DISTINCT blob_id) AS distinct_blobs, count(DISTINCT repository_id) AS repositories,
       percent(count(*), sum(count(*)) OVER w) AS percent
FROM stats.child
GROUP BY
--by {by},
         language, kind, restart, restart_source
WINDOW w AS (PARTITION BY
--by {by},
             language)
ORDER BY
--by {by},
         language, children DESC, kind, restart, restart_source

-- question: How many static children do supervisors have?
-- denominator: supervisors of the language outside test code that are not dynamic
-- unit: one row a language and number of children, 20 and more together
-- by: project, repository
WITH counted AS (
    SELECT v.language, v.project, v.repository, v.repository_id, v.blob_id, v.is_complete,
           least(count(c.id) FILTER (WHERE c.kind = 'static'), 20) AS children
    FROM stats.supervisor v LEFT JOIN child c ON c.supervisor_id = v.id
    WHERE NOT v.is_dynamic
    GROUP BY v.id, v.language, v.project, v.repository, v.repository_id, v.blob_id, v.is_complete
)
SELECT
--by {by},
       language, children, count(*) AS supervisors,
       count(*) FILTER (WHERE NOT is_complete) AS with_computed_ones,
       count(DISTINCT blob_id) AS distinct_blobs, count(DISTINCT repository_id) AS repositories,
       percent(count(*), sum(count(*)) OVER w) AS percent
FROM counted
GROUP BY
--by {by},
         language, children
WINDOW w AS (PARTITION BY
--by {by},
             language)
ORDER BY
--by {by},
         language, children

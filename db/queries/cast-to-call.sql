-- question: How many casts are there for each call?
-- denominator: calls outside test code
-- unit: one row a language and kind of repository: library, application or unknown
-- by: repository
SELECT
--by {by},
       language, project, count(*) FILTER (WHERE kind = 'cast') AS casts,
       count(*) FILTER (WHERE kind = 'call') AS calls,
       round(count(*) FILTER (WHERE kind = 'cast')::numeric
             / nullif(count(*) FILTER (WHERE kind = 'call'), 0), 3) AS casts_per_call,
       count(DISTINCT blob_id) AS distinct_blobs, count(DISTINCT repository_id) AS repositories
FROM stats.edge
WHERE kind IN ('call', 'cast')
GROUP BY
--by {by},
         language, project
ORDER BY
--by {by},
         language, project

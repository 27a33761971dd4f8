-- question: What share of message edges has no known target?
-- denominator: calls, casts and sends outside test code
-- unit: one row a language
-- by: project, repository
SELECT
--by {by},
       language, count(*) AS edges, count(*) FILTER (WHERE resolution = 'unknown') AS unresolved,
       percent(count(*) FILTER (WHERE resolution = 'unknown'), count(*)) AS percent,
       round((100 * wilson_low(count(*) FILTER (WHERE resolution = 'unknown'), count(*)))::numeric, 2) AS low,
       round((100 * wilson_high(count(*) FILTER (WHERE resolution = 'unknown'), count(*)))::numeric, 2) AS high,
       count(DISTINCT blob_id) AS distinct_blobs, count(DISTINCT repository_id) AS repositories
FROM stats.edge
WHERE kind IN ('call', 'cast', 'send')
GROUP BY
--by {by},
         language
ORDER BY
--by {by},
         language

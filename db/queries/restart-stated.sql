-- question: How many supervisors state each restart setting, and how many leave it to the default?
-- denominator: supervisors of the language outside test code
-- unit: one row a language and setting
-- by: project, repository
SELECT
--by {by},
       language, setting, count(*) AS supervisors, count(*) FILTER (WHERE source = 'stated') AS stated,
       count(*) FILTER (WHERE source = 'defaulted') AS defaulted,
       count(*) FILTER (WHERE source = 'unknown') AS unknown,
       percent(count(*) FILTER (WHERE source = 'stated'), count(*)) AS percent_stated,
       round((100 * wilson_low(count(*) FILTER (WHERE source = 'stated'), count(*)))::numeric, 2) AS low,
       round((100 * wilson_high(count(*) FILTER (WHERE source = 'stated'), count(*)))::numeric, 2) AS high,
       count(DISTINCT blob_id) AS distinct_blobs, count(DISTINCT repository_id) AS repositories
FROM stats.supervisor
CROSS JOIN LATERAL (VALUES ('strategy', strategy_source), ('intensity', intensity_source),
                           ('period', period_source)) AS t (setting, source)
GROUP BY
--by {by},
         language, setting
ORDER BY
--by {by},
         language, setting

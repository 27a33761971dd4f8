-- question: How many supervisors state each restart setting, and how many leave it to the default?
-- denominator: supervisors of the language outside test code
-- unit: one row a language and setting
SELECT language, setting, count(*) AS supervisors, count(*) FILTER (WHERE source = 'stated') AS stated,
       count(*) FILTER (WHERE source = 'defaulted') AS defaulted,
       count(*) FILTER (WHERE source = 'unknown') AS unknown,
       percent(count(*) FILTER (WHERE source = 'stated'), count(*)) AS percent_stated
FROM current_supervisor
CROSS JOIN LATERAL (VALUES ('strategy', strategy_source), ('intensity', intensity_source),
                           ('period', period_source)) AS t (setting, source)
GROUP BY language, setting
ORDER BY language, setting

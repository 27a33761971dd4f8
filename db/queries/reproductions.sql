-- question: What share of the findings fails when it is run, by rule?
-- denominator: findings of the rule that were tried
-- unit: one row a rule; percent is of those that have a scenario
-- by: language, confidence
SELECT
--by {by},
       rule, count(*) AS tried, count(*) FILTER (WHERE verdict = 'reproduced') AS reproduced,
       count(*) FILTER (WHERE verdict = 'not_reproduced') AS not_reproduced,
       count(*) FILTER (WHERE verdict = 'fails_without_the_fault') AS fails_without_the_fault,
       count(*) FILTER (WHERE verdict = 'budget_spent') AS budget_spent,
       count(*) FILTER (WHERE verdict = 'unsupported') AS unsupported,
       percent(count(*) FILTER (WHERE verdict = 'reproduced'),
               count(*) FILTER (WHERE verdict <> 'unsupported')) AS percent,
       round((100 * wilson_low(count(*) FILTER (WHERE verdict = 'reproduced'),
                               count(*) FILTER (WHERE verdict <> 'unsupported')))::numeric, 2) AS low,
       round((100 * wilson_high(count(*) FILTER (WHERE verdict = 'reproduced'),
                                count(*) FILTER (WHERE verdict <> 'unsupported')))::numeric, 2) AS high,
       round((1000 * percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds))::numeric, 1) AS median_ms
FROM current_reproduction
GROUP BY
--by {by},
         rule
ORDER BY
--by {by},
         tried DESC, rule

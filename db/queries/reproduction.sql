-- question: What share of the findings fails when it is run, by rule and confidence?
-- denominator: findings of current snapshots outside test code that were run
-- unit: one row a rule and confidence; reproduced: it fails, and not without the fault
-- by: language, project, repository
-- parameter: rule; only this rule
SELECT
--by g.{by},
       g.rule, g.confidence, count(*) AS run,
       count(*) FILTER (WHERE p.verdict = 'reproduced') AS reproduced,
       percent(count(*) FILTER (WHERE p.verdict = 'reproduced'), count(*)) AS percent_reproduced,
       round((100 * wilson_low(count(*) FILTER (WHERE p.verdict = 'reproduced'), count(*)))::numeric, 1) AS low,
       round((100 * wilson_high(count(*) FILTER (WHERE p.verdict = 'reproduced'), count(*)))::numeric, 1) AS high,
       count(*) FILTER (WHERE p.verdict = 'fails_without_the_fault') AS also_without,
       count(*) FILTER (WHERE p.verdict = 'not_reproduced') AS not_reproduced,
       count(*) FILTER (WHERE p.verdict = 'budget_spent') AS budget_spent,
       count(*) FILTER (WHERE p.verdict = 'unsupported') AS unsupported
FROM stats.finding g JOIN reproduction p ON p.finding_id = g.id
WHERE $1::text IS NULL OR g.rule = $1
GROUP BY
--by g.{by},
         g.rule, g.confidence
ORDER BY
--by g.{by},
         g.rule, array_position(ARRAY['certain', 'likely', 'possible'], g.confidence)

-- question: Which findings cannot be run, and why?
-- denominator: findings of current snapshots outside test code that were run and are not supported
-- unit: one row a rule and reason
-- by: language, project, repository
SELECT
--by g.{by},
       g.rule, p.why, count(*) AS findings,
       count(*) FILTER (WHERE g.confidence = 'certain') AS certain,
       count(*) FILTER (WHERE g.confidence = 'likely') AS likely
FROM stats.finding g JOIN reproduction p ON p.finding_id = g.id
WHERE p.verdict = 'unsupported'
GROUP BY
--by g.{by},
         g.rule, p.why
ORDER BY
--by g.{by},
         findings DESC, g.rule, p.why

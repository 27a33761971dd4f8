-- question: How long does it take to run a finding, and over how many schedules?
-- denominator: findings of current snapshots outside test code that were run and are supported
-- unit: one row a verdict and rule; times in milliseconds to the verdict, control included
-- by: language, project, repository
SELECT
--by g.{by},
       p.verdict, g.rule, count(*) AS findings,
       round((1000 * percentile_cont(0.5) WITHIN GROUP (ORDER BY p.seconds))::numeric, 1) AS median_ms,
       round((1000 * max(p.seconds))::numeric) AS max_ms,
       percentile_disc(0.5) WITHIN GROUP (ORDER BY p.schedules) AS median_schedules,
       max(p.schedules) AS max_schedules,
       percentile_disc(0.5) WITHIN GROUP (ORDER BY p.depth) AS median_events,
       count(*) FILTER (WHERE p.unknown_count > 0) AS with_unknowns,
       count(*) FILTER (WHERE p.supposed IS NOT NULL) AS with_suppositions
FROM stats.finding g JOIN reproduction p ON p.finding_id = g.id
WHERE p.verdict <> 'unsupported'
GROUP BY
--by g.{by},
         p.verdict, g.rule
ORDER BY
--by g.{by},
         p.verdict, g.rule

-- question: How much load do the findings bear that load decides?
-- denominator: findings of current snapshots outside test code that were measured
-- unit: one row a rule and setting (line of its chart); tip: the x from which it fails
-- by: language, project, repository
-- parameter: rule; only this rule
SELECT
--by g.{by},
       g.rule, l.name AS setting, CASE WHEN l.is_control THEN 'control' ELSE 'as written' END AS side,
       count(*) AS findings, count(l.x_tip) AS tip_within_sweep,
       round((percentile_cont(0.5) WITHIN GROUP (ORDER BY l.x_tip))::numeric, 2) AS median_tip,
       round(min(l.x_tip)::numeric, 2) AS least, round(max(l.x_tip)::numeric, 2) AS most,
       min(l.x_label) AS x
FROM stats.finding g JOIN reproduction_line l ON l.finding_id = g.id
WHERE $1::text IS NULL OR g.rule = $1
GROUP BY
--by g.{by},
         g.rule, l.name, l.is_control
ORDER BY
--by g.{by},
         g.rule, l.is_control, findings DESC, l.name

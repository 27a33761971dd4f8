-- question: How sure are the findings of each rule?
-- denominator: findings of the rule
-- unit: one row a rule
-- by: language, project, repository
SELECT
--by g.{by},
       g.rule, count(*) AS findings,
       count(*) FILTER (WHERE g.confidence = 'certain') AS certain,
       count(*) FILTER (WHERE g.confidence = 'likely') AS likely,
       count(*) FILTER (WHERE g.confidence = 'possible') AS possible,
       percent(count(*) FILTER (WHERE g.confidence = 'certain'), count(*)) AS percent_certain,
       count(DISTINCT g.blob_id) AS distinct_blobs, count(DISTINCT g.repository_id) AS repositories,
       coalesce(p.precision, 'unmeasured') AS precision, p.kappa
FROM stats.finding g LEFT JOIN stats.precision p ON p.rule = g.rule
GROUP BY
--by g.{by},
         g.rule, p.precision, p.kappa
ORDER BY
--by g.{by},
         findings DESC, g.rule

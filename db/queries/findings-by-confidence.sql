-- question: How sure are the findings of each rule?
-- denominator: findings of the rule
-- unit: one row a rule
SELECT rule, count(*) AS findings,
       count(*) FILTER (WHERE confidence = 'certain') AS certain,
       count(*) FILTER (WHERE confidence = 'likely') AS likely,
       count(*) FILTER (WHERE confidence = 'possible') AS possible,
       percent(count(*) FILTER (WHERE confidence = 'certain'), count(*)) AS percent_certain
FROM current_finding
GROUP BY rule
ORDER BY findings DESC, rule

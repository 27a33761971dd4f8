-- question: Do annotators agree, beyond chance?
-- denominator: findings of the rule that both read
-- unit: one row a rule and pair of annotators; kappa is Cohen's
SELECT rule, first, second, shared, agreed, percent(agreed, shared) AS percent,
       round(kappa::numeric, 3) AS kappa
FROM stats.agreement
ORDER BY rule, first, second

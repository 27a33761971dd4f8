-- question: How often is each rule right, and do those who read agree?
-- denominator: findings of the rule that people read, without those nobody was sure of
-- unit: one row a rule; a finding counts once, by the verdict of most readers
SELECT p.rule, p.family, p.read, p.correct, p.by_design, p.wrong, p.percent, p.low, p.high, p.kappa,
       p.precision, count(g.id) AS findings
FROM stats.precision p LEFT JOIN stats.finding g ON g.rule = p.rule
GROUP BY p.rule, p.family, p.read, p.correct, p.by_design, p.wrong, p.percent, p.low, p.high,
         p.kappa, p.precision
ORDER BY p.percent DESC NULLS LAST, p.read DESC, p.rule

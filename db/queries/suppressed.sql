-- question: Which findings are suppressed by comments, and with what reason?
-- denominator: findings of the rule, suppressed or not
-- unit: one row a rule and reason
SELECT g.rule, coalesce(g.suppression, '') AS reason, count(*) AS suppressed,
       percent(count(*), (SELECT count(*) FROM finding a JOIN current_snapshot c
                          ON c.id = a.snapshot_id WHERE a.rule = g.rule)) AS percent_of_rule
FROM finding g JOIN current_snapshot s ON s.id = g.snapshot_id
WHERE g.is_suppressed
GROUP BY g.rule, g.suppression
ORDER BY suppressed DESC, g.rule, reason

-- question: How do findings spread over families and levels?
-- denominator: all findings
-- unit: one row a family and level
SELECT r.family, g.level, count(*) AS findings, count(DISTINCT g.repository_id) AS repositories,
       percent(count(*), sum(count(*)) OVER ()) AS percent
FROM current_finding g
JOIN rule r ON r.name = g.rule AND r.version = g.rule_version
GROUP BY r.family, g.level
ORDER BY r.family, findings DESC, g.level

-- question: Which findings came and went between two snapshots?
-- denominator: findings of both that no comment suppresses, matched by rule and fingerprint
-- unit: one row a finding; those that stayed last
-- parameter: from; key of the earlier snapshot
-- parameter: to; key of the later snapshot
-- parameter: stayed; yes: those that stayed too
SELECT CASE WHEN o.id IS NULL THEN 'came' WHEN n.id IS NULL THEN 'went' ELSE 'stayed' END AS change,
       coalesce(n.rule, o.rule) AS rule, coalesce(n.level, o.level) AS level,
       coalesce(n.confidence, o.confidence) AS confidence, coalesce(n.path, o.path) AS path,
       o.line AS from_line, n.line AS to_line, coalesce(n.server, o.server) AS server,
       coalesce(n.fingerprint, o.fingerprint) AS fingerprint
FROM (SELECT * FROM finding WHERE snapshot_id = $1::uuid AND NOT is_suppressed) AS o
FULL JOIN (SELECT * FROM finding WHERE snapshot_id = $2::uuid AND NOT is_suppressed) AS n
    ON n.rule = o.rule AND n.fingerprint = o.fingerprint
WHERE $3::text = 'yes' OR o.id IS NULL OR n.id IS NULL
ORDER BY o.id IS NOT NULL AND n.id IS NOT NULL, change, path, coalesce(n.line, o.line), rule, fingerprint

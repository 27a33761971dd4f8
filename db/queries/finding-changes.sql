-- question: Which findings came and went with the latest run?
-- denominator: findings of the repositories that the latest run reached, now and in the run before
-- unit: one row a kind of change; commits that were analysed anew by other rules are left out
WITH latest AS (
    SELECT id, started_at FROM run ORDER BY started_at DESC LIMIT 1
), reached AS (
    SELECT DISTINCT s.repository_id
    FROM latest l JOIN run_snapshot rs ON rs.run_id = l.id AND rs.outcome <> 'replaced'
    JOIN snapshot s ON s.id = rs.snapshot_id
), before AS (
    SELECT DISTINCT ON (s.repository_id) s.repository_id, r.id AS run_id
    FROM run r
    JOIN latest l ON r.started_at < l.started_at
    JOIN run_snapshot rs ON rs.run_id = r.id
    JOIN snapshot s ON s.id = rs.snapshot_id
    JOIN reached USING (repository_id)
    ORDER BY s.repository_id, r.started_at DESC
), now_found AS (
    SELECT DISTINCT s.repository_id, g.rule, g.fingerprint
    FROM latest l
    JOIN run_snapshot rs ON rs.run_id = l.id AND rs.outcome <> 'replaced'
    JOIN snapshot s ON s.id = rs.snapshot_id
    JOIN finding g ON g.snapshot_id = s.id AND NOT g.is_suppressed
), then_found AS (
    SELECT DISTINCT s.repository_id, g.rule, g.fingerprint
    FROM before b
    JOIN run_snapshot rs ON rs.run_id = b.run_id
    JOIN snapshot s ON s.id = rs.snapshot_id AND s.repository_id = b.repository_id
    JOIN finding g ON g.snapshot_id = s.id AND NOT g.is_suppressed
)
SELECT change, count(*) FILTER (WHERE fingerprint IS NOT NULL) AS findings
FROM (VALUES (1, 'new'), (2, 'unchanged'), (3, 'gone')) AS k (place, change)
LEFT JOIN (
    SELECT CASE WHEN t.fingerprint IS NULL THEN 'new' WHEN n.fingerprint IS NULL THEN 'gone'
                ELSE 'unchanged' END AS change, coalesce(n.fingerprint, t.fingerprint) AS fingerprint
    FROM now_found n
    FULL JOIN then_found t ON n.repository_id = t.repository_id AND n.rule = t.rule
        AND n.fingerprint = t.fingerprint
) AS f USING (change)
GROUP BY place, change
ORDER BY place

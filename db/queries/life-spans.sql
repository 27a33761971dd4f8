-- question: How long do findings live, by the dates of the commits that have them?
-- denominator: findings of the rule in all snapshots; one that lives on counts with the life it had so far
-- unit: one row a rule; days from the first commit that has the finding to the first that has it no more
WITH seen AS (
    SELECT s.repository_id, g.rule, g.fingerprint, min(s.committed_at) AS first_at,
           max(s.committed_at) AS last_at
    FROM finding g JOIN snapshot s ON s.id = g.snapshot_id
    WHERE NOT g.is_suppressed AND s.committed_at IS NOT NULL
    GROUP BY s.repository_id, g.rule, g.fingerprint
), life AS (
    SELECT x.rule, x.repository_id,
           (SELECT min(s.committed_at) FROM snapshot s
            WHERE s.repository_id = x.repository_id AND s.committed_at > x.last_at) AS gone_at,
           x.first_at, x.last_at,
           x.first_at > (SELECT min(s.committed_at) FROM snapshot s
                         WHERE s.repository_id = x.repository_id) AS came
    FROM seen x
)
SELECT rule, count(*) AS findings, count(DISTINCT repository_id) AS repositories,
       count(*) FILTER (WHERE came) AS came, count(gone_at) AS gone,
       percent(count(gone_at), count(*)) AS percent_gone,
       round((percentile_cont(0.5) WITHIN GROUP (
           ORDER BY extract(epoch FROM coalesce(gone_at, last_at) - first_at) / 86400))::numeric, 1)
           AS median_days
FROM life
GROUP BY rule
ORDER BY findings DESC, rule

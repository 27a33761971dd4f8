-- question: Since when is each finding there, and until when was it?
-- denominator: findings of the branches that are followed
-- unit: one row a span of a finding's life; gone is null while it is there
-- parameter: repository; only repositories whose name contains this (all)
-- parameter: rule; only this rule (all)
SELECT l.repository, nullif(l.ref, '') AS ref, l.rule, l.fingerprint,
       encode(f.commit_oid, 'hex') AS first_commit, to_char(l.first_seen_at, 'YYYY-MM-DD') AS first_seen,
       l.came, encode(t.commit_oid, 'hex') AS last_commit,
       to_char(l.last_seen_at, 'YYYY-MM-DD') AS last_seen,
       encode(g.commit_oid, 'hex') AS gone_commit, to_char(l.gone_at, 'YYYY-MM-DD') AS gone, l.went
FROM finding_life l
JOIN snapshot f ON f.id = l.first_snapshot_id
JOIN snapshot t ON t.id = l.last_snapshot_id
LEFT JOIN snapshot g ON g.id = l.gone_snapshot_id
WHERE ($1::text IS NULL OR position($1 IN l.repository) > 0) AND ($2::text IS NULL OR l.rule = $2)
ORDER BY l.repository, l.ref, l.rule, l.fingerprint, l.ordinal

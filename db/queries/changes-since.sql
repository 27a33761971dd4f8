-- question: Which findings came and went since a day or time?
-- denominator: findings of the branches that are followed; a finding there at the first visit of its branch did not come
-- unit: one row a finding and change; cause: code, analysis (rules, model or front ends), either of them, or suppressed
-- parameter: since; a time such as 2026-01-31, 2026-01-31T22:00:00Z or `7 days` ago (all)
-- parameter: repository; only repositories whose name contains this (all)
SELECT change, to_char(at, 'YYYY-MM-DD HH24:MI:SS') AS at, repository, ref, rule, level, confidence,
       cause, path, line, fingerprint
FROM (
    SELECT 'came' AS change, l.first_seen_at AS at, l.repository, nullif(l.ref, '') AS ref, l.rule,
           l.came AS cause, l.fingerprint, l.first_snapshot_id AS snapshot_id
    FROM finding_life l WHERE l.came <> 'found'
    UNION ALL
    SELECT 'went', l.gone_at, l.repository, nullif(l.ref, ''), l.rule, l.went, l.fingerprint,
           l.last_snapshot_id
    FROM finding_life l WHERE l.gone_at IS NOT NULL
) AS c
LEFT JOIN LATERAL (
    SELECT g.level, g.confidence, g.path, g.line FROM finding g
    WHERE g.snapshot_id = c.snapshot_id AND g.rule = c.rule AND g.fingerprint = c.fingerprint
    LIMIT 1
) AS g ON true
WHERE at >= CASE WHEN $1::text IS NULL THEN '-infinity'
                 WHEN $1 ~ '^\d+ ?(minute|hour|day|week|month|year)s?$' THEN now() - $1::interval
                 ELSE $1::timestamptz END
  AND ($2::text IS NULL OR position($2 IN repository) > 0)
ORDER BY c.at, repository, change, rule, fingerprint

-- question: What did each repository contribute?
-- denominator: none; a list
-- unit: one row a snapshot
WITH files AS (
    SELECT snapshot_id, count(*) AS n FROM stats.file GROUP BY snapshot_id
), servers AS (
    SELECT snapshot_id, count(*) AS n FROM stats.server GROUP BY snapshot_id
), supervisors AS (
    SELECT snapshot_id, count(*) AS n FROM stats.supervisor GROUP BY snapshot_id
), findings AS (
    SELECT snapshot_id, count(*) AS n FROM stats.finding GROUP BY snapshot_id
)
SELECT r.name AS repository, encode(s.commit_oid, 'hex') AS commit, s.kind,
       coalesce(f.n, 0) AS files, coalesce(v.n, 0) AS servers, coalesce(u.n, 0) AS supervisors,
       coalesce(g.n, 0) AS findings
FROM current_snapshot s
JOIN repository r ON r.id = s.repository_id
LEFT JOIN files f ON f.snapshot_id = s.id
LEFT JOIN servers v ON v.snapshot_id = s.id
LEFT JOIN supervisors u ON u.snapshot_id = s.id
LEFT JOIN findings g ON g.snapshot_id = s.id
ORDER BY findings DESC, r.name, commit

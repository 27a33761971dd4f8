-- question: What did each repository contribute?
-- denominator: none; a list
-- unit: one row a snapshot
SELECT r.name AS repository, encode(s.commit_oid, 'hex') AS commit, s.kind,
       (SELECT count(*) FROM current_file f WHERE f.snapshot_id = s.id) AS files,
       (SELECT count(*) FROM current_server v WHERE v.snapshot_id = s.id) AS servers,
       (SELECT count(*) FROM current_supervisor v WHERE v.snapshot_id = s.id) AS supervisors,
       (SELECT count(*) FROM current_finding g WHERE g.snapshot_id = s.id) AS findings
FROM current_snapshot s JOIN repository r ON r.id = s.repository_id
ORDER BY findings DESC, r.name, commit

-- question: Which repositories of the latest run failed, and why?
-- denominator: repositories of the latest run
-- unit: one row a failure
SELECT r.name AS repository, f.stage, f.kind, f.reason
FROM failure f JOIN repository r ON r.id = f.repository_id
WHERE f.run_id = (SELECT id FROM run ORDER BY started_at DESC LIMIT 1)
ORDER BY r.name, f.stage

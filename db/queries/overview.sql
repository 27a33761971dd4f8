-- question: How much was analysed, and what came of it?
-- denominator: none; totals over current snapshots, test code left out where a row says so
-- unit: one row a thing that is counted
SELECT thing, count
FROM (VALUES
    (1, 'repositories', (SELECT count(DISTINCT repository_id) FROM current_snapshot)),
    (2, 'snapshots', (SELECT count(*) FROM current_snapshot)),
    (3, 'files without tests', (SELECT count(*) FROM stats.file)),
    (4, 'distinct blobs without tests', (SELECT count(DISTINCT blob_id) FROM stats.file)),
    (5, 'bytes without tests', (SELECT coalesce(sum(byte_count), 0)::bigint FROM stats.file)),
    (6, 'servers', (SELECT count(*) FROM stats.server)),
    (7, 'callback clauses', (SELECT count(*) FROM stats.clause)),
    (8, 'message edges', (SELECT count(*) FROM stats.edge)),
    (9, 'supervisors', (SELECT count(*) FROM stats.supervisor)),
    (10, 'children', (SELECT count(*) FROM stats.child)),
    (11, 'findings', (SELECT count(*) FROM current_finding)),
    (12, 'repositories with findings', (SELECT count(DISTINCT repository_id) FROM current_finding))
) AS t (place, thing, count)
ORDER BY place

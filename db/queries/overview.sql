-- question: How much was analysed, and what came of it?
-- denominator: none; totals over current snapshots, test code left out where a row says so
-- unit: one row a thing that is counted
SELECT thing, count
FROM (VALUES
    (1, 'repositories', (SELECT count(DISTINCT repository_id) FROM current_snapshot)),
    (2, 'snapshots', (SELECT count(*) FROM current_snapshot)),
    (3, 'files without tests', (SELECT count(*) FROM current_file)),
    (4, 'distinct blobs without tests', (SELECT count(DISTINCT blob_id) FROM current_file)),
    (5, 'bytes without tests', (SELECT coalesce(sum(byte_count), 0)::bigint FROM current_file)),
    (6, 'servers', (SELECT count(*) FROM current_server)),
    (7, 'callback clauses', (SELECT count(*) FROM clause JOIN current_server v ON v.id = server_id)),
    (8, 'message edges', (SELECT count(*) FROM message_edge JOIN current_file f ON f.id = file_id)),
    (9, 'supervisors', (SELECT count(*) FROM current_supervisor)),
    (10, 'children', (SELECT count(*) FROM child JOIN current_supervisor v ON v.id = supervisor_id)),
    (11, 'findings', (SELECT count(*) FROM current_finding)),
    (12, 'repositories with findings', (SELECT count(DISTINCT repository_id) FROM current_finding))
) AS t (place, thing, count)
ORDER BY place

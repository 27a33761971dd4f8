-- question: How much of each repository is resolved, and what is unknown there, by cause?
-- denominator: the message edges of the repository's latest snapshot outside test code
-- unit: one row a repository; the causes count places
SELECT r.name AS repository,
       count(DISTINCT f.id) AS files,
       coalesce(max(e.edges), 0) AS edges,
       coalesce(max(e.resolved), 0) AS edges_resolved,
       percent(coalesce(max(e.resolved), 0), coalesce(max(e.edges), 0)) AS percent_resolved,
       count(u.id) FILTER (WHERE u.cause = 'receiver') AS receiver,
       count(u.id) FILTER (WHERE u.cause = 'message') AS message,
       count(u.id) FILTER (WHERE u.cause = 'module_variable') AS module_variable,
       count(u.id) FILTER (WHERE u.cause = 'function_variable') AS function_variable,
       count(u.id) FILTER (WHERE u.cause = 'function_value') AS function_value,
       count(u.id) FILTER (WHERE u.cause = 'local_call') AS local_call,
       count(u.id) FILTER (WHERE u.cause = 'child') AS child
FROM current_file f
JOIN repository r ON r.id = f.repository_id
LEFT JOIN unresolved_target u ON u.file_id = f.id
LEFT JOIN LATERAL (
    SELECT count(*) AS edges, count(*) FILTER (WHERE m.resolution <> 'unknown') AS resolved
    FROM message_edge m JOIN current_file g ON g.id = m.file_id
    WHERE g.repository_id = f.repository_id) e ON true
GROUP BY r.name
ORDER BY r.name

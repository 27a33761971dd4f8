-- question: How much of each repository is resolved, and what is unknown there, by cause?
-- denominator: the message edges of the repository's latest snapshot outside test code
-- unit: one row a repository; the causes count places
WITH files AS (
    SELECT repository_id, repository, count(*) AS files FROM stats.file GROUP BY repository_id, repository
), edges AS (
    SELECT repository_id, count(*) AS edges, count(*) FILTER (WHERE resolution <> 'unknown') AS resolved
    FROM stats.edge GROUP BY repository_id
), causes AS (
    SELECT repository_id,
           sum(targets) FILTER (WHERE cause = 'receiver') AS receiver,
           sum(targets) FILTER (WHERE cause = 'message') AS message,
           sum(targets) FILTER (WHERE cause = 'module_variable') AS module_variable,
           sum(targets) FILTER (WHERE cause = 'function_variable') AS function_variable,
           sum(targets) FILTER (WHERE cause = 'function_value') AS function_value,
           sum(targets) FILTER (WHERE cause = 'local_call') AS local_call,
           sum(targets) FILTER (WHERE cause = 'child') AS child
    FROM stats.unresolved GROUP BY repository_id
)
SELECT f.repository, f.files, coalesce(e.edges, 0) AS edges, coalesce(e.resolved, 0) AS edges_resolved,
       percent(coalesce(e.resolved, 0), coalesce(e.edges, 0)) AS percent_resolved,
       coalesce(c.receiver, 0)::bigint AS receiver, coalesce(c.message, 0)::bigint AS message,
       coalesce(c.module_variable, 0)::bigint AS module_variable,
       coalesce(c.function_variable, 0)::bigint AS function_variable,
       coalesce(c.function_value, 0)::bigint AS function_value,
       coalesce(c.local_call, 0)::bigint AS local_call, coalesce(c.child, 0)::bigint AS child
FROM files f LEFT JOIN edges e USING (repository_id) LEFT JOIN causes c USING (repository_id)
ORDER BY f.repository

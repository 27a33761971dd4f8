-- question: What could not be resolved, and why?
-- denominator: all unresolved targets of the language outside test code
-- unit: one row a language and cause
SELECT f.language, u.cause, count(*) AS targets, count(DISTINCT f.repository_id) AS repositories,
       percent(count(*), sum(count(*)) OVER (PARTITION BY f.language)) AS percent
FROM unresolved_target u JOIN current_file f ON f.id = u.file_id
GROUP BY f.language, u.cause
ORDER BY f.language, targets DESC, u.cause

-- question: How long may children take to stop?
-- denominator: children of supervisors of the language outside test code
-- unit: one row a language, type and shutdown value
SELECT v.language, c.type, c.shutdown, c.shutdown_ms, c.shutdown_source, count(*) AS children,
       percent(count(*), sum(count(*)) OVER (PARTITION BY v.language)) AS percent
FROM child c JOIN current_supervisor v ON v.id = c.supervisor_id
GROUP BY v.language, c.type, c.shutdown, c.shutdown_ms, c.shutdown_source
ORDER BY v.language, children DESC, c.type, c.shutdown, c.shutdown_ms

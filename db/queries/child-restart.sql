-- question: Which restart types do children have, stated or by default?
-- denominator: children of supervisors of the language outside test code
-- unit: one row a language, kind and restart type
SELECT v.language, c.kind, c.restart, c.restart_source, count(*) AS children,
       percent(count(*), sum(count(*)) OVER (PARTITION BY v.language)) AS percent
FROM child c JOIN current_supervisor v ON v.id = c.supervisor_id
GROUP BY v.language, c.kind, c.restart, c.restart_source
ORDER BY v.language, children DESC, c.kind, c.restart

-- question: How often does a callback clause itself wait for another process?
-- denominator: callback clauses of servers outside test code
-- unit: one row a language and callback; only edges that stand in the clause itself
SELECT v.language, c.callback, count(*) AS clauses, count(w.clause_id) AS waiting,
       percent(count(w.clause_id), count(*)) AS percent
FROM clause c
JOIN current_server v ON v.id = c.server_id
LEFT JOIN (SELECT DISTINCT clause_id FROM message_edge WHERE is_sync) w ON w.clause_id = c.id
GROUP BY v.language, c.callback
ORDER BY v.language, waiting DESC, c.callback

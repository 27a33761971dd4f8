-- question: What do servers handle: the mix of callback clauses?
-- denominator: callback clauses of servers outside test code, of the language
-- unit: one row a language and callback
SELECT v.language, c.callback, count(*) AS clauses, count(DISTINCT c.server_id) AS servers,
       percent(count(*), sum(count(*)) OVER (PARTITION BY v.language)) AS percent
FROM clause c JOIN current_server v ON v.id = c.server_id
GROUP BY v.language, c.callback
ORDER BY v.language, clauses DESC, c.callback

-- question: Does the code enforce the orders that its documentation states?
-- denominator: orders stated in the documentation of servers outside test code
-- unit: one row a language and status
SELECT v.language, o.status, count(*) AS orders, count(DISTINCT o.server_id) AS servers,
       percent(count(*), sum(count(*)) OVER (PARTITION BY v.language)) AS percent
FROM documented_order o JOIN current_server v ON v.id = o.server_id
GROUP BY v.language, o.status
ORDER BY v.language, orders DESC, o.status

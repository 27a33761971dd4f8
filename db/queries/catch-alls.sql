-- question: How many servers have a clause that takes any message, by callback?
-- denominator: servers that have the callback, outside test code
-- unit: one row a language and callback
SELECT v.language, c.callback, count(DISTINCT c.server_id) AS servers,
       count(DISTINCT c.server_id) FILTER (WHERE c.tag_kind = 'any') AS with_catch_all,
       percent(count(DISTINCT c.server_id) FILTER (WHERE c.tag_kind = 'any'),
               count(DISTINCT c.server_id)) AS percent
FROM clause c JOIN current_server v ON v.id = c.server_id
WHERE c.callback IN ('handle_call', 'handle_cast', 'handle_info')
GROUP BY v.language, c.callback
ORDER BY v.language, c.callback

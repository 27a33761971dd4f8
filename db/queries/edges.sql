-- question: How do processes speak to each other, by kind of message edge?
-- denominator: message edges of the language outside test code
-- unit: one row a language and kind
SELECT f.language, e.kind, count(*) AS edges, count(e.target_server_id) AS resolved,
       percent(count(e.target_server_id), count(*)) AS percent_resolved,
       count(DISTINCT f.repository_id) AS repositories
FROM message_edge e JOIN current_file f ON f.id = e.file_id
GROUP BY f.language, e.kind
ORDER BY f.language, edges DESC, e.kind

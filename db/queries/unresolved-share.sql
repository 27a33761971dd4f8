-- question: What share of message edges has no known target?
-- denominator: calls, casts and sends outside test code
-- unit: one row a language
SELECT f.language, count(*) AS edges, count(*) FILTER (WHERE e.resolution = 'unknown') AS unresolved,
       percent(count(*) FILTER (WHERE e.resolution = 'unknown'), count(*)) AS percent
FROM message_edge e JOIN current_file f ON f.id = e.file_id
WHERE e.kind IN ('call', 'cast', 'send')
GROUP BY f.language
ORDER BY f.language

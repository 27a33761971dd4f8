-- question: How were the targets of message edges found?
-- denominator: message edges of the kind outside test code
-- unit: one row a kind and way of resolution
-- parameter: language; elixir or erlang
SELECT e.kind, e.resolution, count(*) AS edges,
       percent(count(*), sum(count(*)) OVER (PARTITION BY e.kind)) AS percent
FROM message_edge e JOIN current_file f ON f.id = e.file_id
WHERE $1::text IS NULL OR f.language = $1
GROUP BY e.kind, e.resolution
ORDER BY e.kind, edges DESC, e.resolution

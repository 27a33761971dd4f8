-- question: Which numbers are written as timeouts of calls?
-- denominator: calls with a number as timeout, outside test code
-- unit: one row a number of milliseconds
-- parameter: language; elixir or erlang
SELECT e.timeout_ms, count(*) AS calls, count(DISTINCT f.repository_id) AS repositories,
       percent(count(*), sum(count(*)) OVER ()) AS percent
FROM message_edge e JOIN current_file f ON f.id = e.file_id
WHERE e.kind = 'call' AND e.timeout_kind = 'number' AND ($1::text IS NULL OR f.language = $1)
GROUP BY e.timeout_ms
ORDER BY calls DESC, e.timeout_ms

-- question: What timeouts do calls have?
-- denominator: calls of the language outside test code
-- unit: one row a language and kind of timeout
SELECT f.language, e.timeout_kind, count(*) AS calls,
       percent(count(*), sum(count(*)) OVER (PARTITION BY f.language)) AS percent,
       round((100 * wilson_low(count(*), (sum(count(*)) OVER (PARTITION BY f.language))::bigint))::numeric, 2) AS low,
       round((100 * wilson_high(count(*), (sum(count(*)) OVER (PARTITION BY f.language))::bigint))::numeric, 2) AS high
FROM message_edge e JOIN current_file f ON f.id = e.file_id
WHERE e.kind = 'call'
GROUP BY f.language, e.timeout_kind
ORDER BY f.language, calls DESC, e.timeout_kind

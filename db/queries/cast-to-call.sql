-- question: How many casts are there for each call?
-- denominator: calls outside test code
-- unit: one row a language and kind of repository
SELECT f.language, f.kind, count(*) FILTER (WHERE e.kind = 'cast') AS casts,
       count(*) FILTER (WHERE e.kind = 'call') AS calls,
       round(count(*) FILTER (WHERE e.kind = 'cast')::numeric
             / nullif(count(*) FILTER (WHERE e.kind = 'call'), 0), 3) AS casts_per_call
FROM message_edge e JOIN current_file f ON f.id = e.file_id
WHERE e.kind IN ('call', 'cast')
GROUP BY f.language, f.kind
ORDER BY f.language, f.kind

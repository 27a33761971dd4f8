-- question: How is receive used: with a timeout, with a catch-all, inside server modules?
-- denominator: receives of the language outside test code
-- unit: one row a language, place and kind of timeout
SELECT f.language, CASE WHEN r.server_id IS NULL THEN 'plain module' ELSE 'server module' END AS place,
       r.timeout_kind, count(*) AS receives,
       count(*) FILTER (WHERE r.has_catch_all) AS with_catch_all,
       percent(count(*), sum(count(*)) OVER (PARTITION BY f.language)) AS percent
FROM receive r JOIN current_file f ON f.id = r.file_id
GROUP BY f.language, place, r.timeout_kind
ORDER BY f.language, receives DESC, place, r.timeout_kind

-- question: What timers are armed, once or at intervals, and for how long?
-- denominator: timers of the language outside test code
-- unit: one row a language, kind and range of delay
SELECT f.language, t.kind,
       CASE WHEN t.delay_kind <> 'number' THEN t.delay_kind
            WHEN t.delay_ms = 0 THEN '0'
            WHEN t.delay_ms < 1000 THEN 'under 1 s'
            WHEN t.delay_ms < 60000 THEN '1 s to 1 min'
            WHEN t.delay_ms < 3600000 THEN '1 min to 1 h'
            ELSE '1 h and more' END AS delay,
       count(*) AS timers, percent(count(*), sum(count(*)) OVER (PARTITION BY f.language)) AS percent
FROM timer t JOIN current_file f ON f.id = t.file_id
GROUP BY f.language, t.kind, delay
ORDER BY f.language, timers DESC, t.kind, delay

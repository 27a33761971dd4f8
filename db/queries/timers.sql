-- question: What timers are armed, once or at intervals, and for how long?
-- denominator: timers of the language outside test code
-- unit: one row a language, kind and range of delay
-- by: project, repository
SELECT
--by {by},
       language, kind, delay, count(*) AS timers,
       count(DISTINCT blob_id) AS distinct_blobs, count(DISTINCT repository_id) AS repositories,
       percent(count(*), sum(count(*)) OVER w) AS percent
FROM (SELECT t.kind,
             CASE WHEN t.delay_kind <> 'number' THEN t.delay_kind
                  WHEN t.delay_ms = 0 THEN '0'
                  WHEN t.delay_ms < 1000 THEN 'under 1 s'
                  WHEN t.delay_ms < 60000 THEN '1 s to 1 min'
                  WHEN t.delay_ms < 3600000 THEN '1 min to 1 h'
                  ELSE '1 h and more' END AS delay,
             f.language, f.project, f.repository, f.repository_id, f.blob_id
      FROM timer t JOIN stats.file f ON f.id = t.file_id) AS armed
GROUP BY
--by {by},
         language, kind, delay
WINDOW w AS (PARTITION BY
--by {by},
             language)
ORDER BY
--by {by},
         language, timers DESC, kind, delay

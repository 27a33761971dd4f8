-- question: How often does a callback clause itself wait for another process?
-- denominator: callback clauses of servers outside test code
-- unit: one row a language and callback; only edges that stand in the clause itself
-- by: project, repository
SELECT
--by {by},
       c.language, c.callback, count(*) AS clauses, count(w.clause_id) AS waiting,
       percent(count(w.clause_id), count(*)) AS percent,
       round((100 * wilson_low(count(w.clause_id), count(*)))::numeric, 2) AS low,
       round((100 * wilson_high(count(w.clause_id), count(*)))::numeric, 2) AS high,
       count(DISTINCT c.blob_id) FILTER (WHERE w.clause_id IS NOT NULL) AS distinct_blobs,
       count(DISTINCT c.repository_id) FILTER (WHERE w.clause_id IS NOT NULL) AS repositories
FROM stats.clause c
LEFT JOIN (SELECT DISTINCT clause_id FROM message_edge WHERE is_sync) w ON w.clause_id = c.id
GROUP BY
--by {by},
         c.language, c.callback
ORDER BY
--by {by},
         c.language, waiting DESC, c.callback

-- question: Which restart strategies do supervisors use, stated or by default?
-- denominator: supervisors of the language outside test code
-- unit: one row a language, strategy and source
-- by: project, repository
SELECT
--by {by},
       language, strategy, strategy_source, is_dynamic, count(*) AS supervisors,
       count(DISTINCT blob_id) AS distinct_blobs, count(DISTINCT repository_id) AS repositories,
       percent(count(*), sum(count(*)) OVER w) AS percent,
       round((100 * wilson_low(count(*), (sum(count(*)) OVER w)::bigint))::numeric, 2) AS low,
       round((100 * wilson_high(count(*), (sum(count(*)) OVER w)::bigint))::numeric, 2) AS high
FROM stats.supervisor
GROUP BY
--by {by},
         language, strategy, strategy_source, is_dynamic
WINDOW w AS (PARTITION BY
--by {by},
             language)
ORDER BY
--by {by},
         language, supervisors DESC, strategy, strategy_source, is_dynamic

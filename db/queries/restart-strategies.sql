-- question: Which restart strategies do supervisors use, stated or by default?
-- denominator: supervisors of the language outside test code
-- unit: one row a language, strategy and source
SELECT language, strategy, strategy_source, is_dynamic, count(*) AS supervisors,
       percent(count(*), sum(count(*)) OVER (PARTITION BY language)) AS percent,
       round((100 * wilson_low(count(*), (sum(count(*)) OVER (PARTITION BY language))::bigint))::numeric, 2) AS low,
       round((100 * wilson_high(count(*), (sum(count(*)) OVER (PARTITION BY language))::bigint))::numeric, 2) AS high
FROM current_supervisor
GROUP BY language, strategy, strategy_source, is_dynamic
ORDER BY language, supervisors DESC, strategy, strategy_source

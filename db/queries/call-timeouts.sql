-- question: What timeouts do calls have?
-- denominator: calls of the language outside test code
-- unit: one row a language and kind of timeout
-- by: project, repository
SELECT
--by {by},
       language, timeout_kind, count(*) AS calls,
       count(DISTINCT blob_id) AS distinct_blobs, count(DISTINCT repository_id) AS repositories,
       percent(count(*), sum(count(*)) OVER w) AS percent,
       round((100 * wilson_low(count(*), (sum(count(*)) OVER w)::bigint))::numeric, 2) AS low,
       round((100 * wilson_high(count(*), (sum(count(*)) OVER w)::bigint))::numeric, 2) AS high
FROM stats.edge
WHERE kind = 'call'
GROUP BY
--by {by},
         language, timeout_kind
WINDOW w AS (PARTITION BY
--by {by},
             language)
ORDER BY
--by {by},
         language, calls DESC, timeout_kind

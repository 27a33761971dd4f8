-- question: What kinds of servers are there, by language?
-- denominator: servers of the language, outside test code
-- unit: one row a language and behaviour
-- by: project, repository
SELECT
--by {by},
       language, behaviour, count(*) AS servers,
       count(DISTINCT blob_id) AS distinct_blobs, count(DISTINCT repository_id) AS repositories,
       percent(count(*), sum(count(*)) OVER w) AS percent,
       round((100 * wilson_low(count(*), (sum(count(*)) OVER w)::bigint))::numeric, 2) AS low,
       round((100 * wilson_high(count(*), (sum(count(*)) OVER w)::bigint))::numeric, 2) AS high
FROM stats.server
GROUP BY
--by {by},
         language, behaviour
WINDOW w AS (PARTITION BY
--by {by},
             language)
ORDER BY
--by {by},
         language, servers DESC, behaviour

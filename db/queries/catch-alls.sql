-- question: How many servers have a clause that takes any message, by callback?
-- denominator: servers that have the callback, outside test code
-- unit: one row a language and callback
-- by: project, repository
SELECT
--by {by},
       language, callback, count(DISTINCT server_id) AS servers,
       count(DISTINCT server_id) FILTER (WHERE tag_kind = 'any') AS with_catch_all,
       percent(count(DISTINCT server_id) FILTER (WHERE tag_kind = 'any'),
               count(DISTINCT server_id)) AS percent,
       round((100 * wilson_low(count(DISTINCT server_id) FILTER (WHERE tag_kind = 'any'),
                               count(DISTINCT server_id)))::numeric, 2) AS low,
       round((100 * wilson_high(count(DISTINCT server_id) FILTER (WHERE tag_kind = 'any'),
                                count(DISTINCT server_id)))::numeric, 2) AS high,
       count(DISTINCT blob_id) AS distinct_blobs, count(DISTINCT repository_id) AS repositories
FROM stats.clause
WHERE callback IN ('handle_call', 'handle_cast', 'handle_info')
GROUP BY
--by {by},
         language, callback
ORDER BY
--by {by},
         language, callback

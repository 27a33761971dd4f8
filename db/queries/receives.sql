-- question: How is receive used: with a timeout, with a catch-all, inside server modules?
-- denominator: receives of the language outside test code
-- unit: one row a language, place and kind of timeout
-- by: project, repository
SELECT
--by {by},
       language, place, timeout_kind, count(*) AS receives,
       count(DISTINCT blob_id) AS distinct_blobs, count(DISTINCT repository_id) AS repositories,
       count(*) FILTER (WHERE has_catch_all) AS with_catch_all,
       percent(count(*), sum(count(*)) OVER w) AS percent
FROM (SELECT r.*, CASE WHEN r.server_id IS NULL THEN 'plain module' ELSE 'server module' END AS place,
             f.language, f.project, f.repository, f.repository_id, f.blob_id
      FROM receive r JOIN stats.file f ON f.id = r.file_id) AS found
GROUP BY
--by {by},
         language, place, timeout_kind
WINDOW w AS (PARTITION BY
--by {by},
             language)
ORDER BY
--by {by},
         language, receives DESC, place, timeout_kind

-- question: How were the targets of message edges found?
-- denominator: message edges of the kind outside test code
-- unit: one row a kind and way of resolution
-- by: language, project, repository
-- parameter: language; elixir or erlang
SELECT
--by {by},
       kind, resolution, count(*) AS edges, count(DISTINCT blob_id) AS distinct_blobs,
       count(DISTINCT repository_id) AS repositories, percent(count(*), sum(count(*)) OVER w) AS percent
FROM stats.edge
WHERE $1::text IS NULL OR language = $1
GROUP BY
--by {by},
         kind, resolution
WINDOW w AS (PARTITION BY
--by {by},
             kind)
ORDER BY
--by {by},
         kind, edges DESC, resolution

-- question: Which numbers are written as timeouts of calls?
-- denominator: calls with a number as timeout, outside test code
-- unit: one row a number of milliseconds
-- by: language, project, repository
-- parameter: language; elixir or erlang
SELECT
--by {by},
       timeout_ms, count(*) AS calls, count(DISTINCT blob_id) AS distinct_blobs,
       count(DISTINCT repository_id) AS repositories, percent(count(*), sum(count(*)) OVER w) AS percent
FROM stats.edge
WHERE kind = 'call' AND timeout_kind = 'number' AND ($1::text IS NULL OR language = $1)
GROUP BY
--by {by},
         timeout_ms
WINDOW w AS (
--by PARTITION BY {by}
            )
ORDER BY
--by {by},
         calls DESC, timeout_ms

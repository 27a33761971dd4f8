-- question: In what share of the repositories does each rule speak, and how often is it right?
-- denominator: repositories with at least one server outside test code
-- unit: one row a rule; a repository counts once
-- by: language, project
-- parameter: language; elixir or erlang
-- parameter: confidence; certain, likely or possible: only findings of this confidence
WITH repositories AS (
    SELECT DISTINCT
--by {by},
           repository_id FROM stats.server WHERE $1::text IS NULL OR language = $1
), total AS (
    SELECT
--by {by},
           count(*) AS n FROM repositories
--by GROUP BY {by}
)
SELECT
--by g.{by},
       g.rule, count(DISTINCT g.repository_id) AS repositories, n AS of_repositories,
       percent(count(DISTINCT g.repository_id), n) AS percent,
       round((100 * wilson_low(count(DISTINCT g.repository_id), n))::numeric, 2) AS low,
       round((100 * wilson_high(count(DISTINCT g.repository_id), n))::numeric, 2) AS high,
       count(DISTINCT g.blob_id) AS distinct_blobs,
       coalesce(p.precision, 'unmeasured') AS precision, p.kappa
FROM stats.finding g
JOIN repositories r ON r.repository_id = g.repository_id
--by AND r.{by} = g.{by}
JOIN total ON true
--by AND total.{by} = g.{by}
LEFT JOIN stats.precision p ON p.rule = g.rule
WHERE ($1::text IS NULL OR g.language = $1) AND ($2::text IS NULL OR g.confidence = $2)
GROUP BY
--by g.{by},
         g.rule, n, p.precision, p.kappa
ORDER BY
--by g.{by},
         repositories DESC, g.rule

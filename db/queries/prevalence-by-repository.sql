-- question: In what share of the repositories does each rule speak?
-- denominator: repositories with at least one server outside test code
-- unit: one row a rule; a repository counts once
-- parameter: language; elixir or erlang
-- parameter: confidence; certain, likely or possible: only findings of this confidence
WITH repositories AS (
    SELECT DISTINCT repository_id FROM current_server WHERE $1::text IS NULL OR language = $1
), total AS (SELECT count(*) AS n FROM repositories)
SELECT g.rule, count(DISTINCT g.repository_id) AS repositories, n AS of_repositories,
       percent(count(DISTINCT g.repository_id), n) AS percent,
       round((100 * wilson_low(count(DISTINCT g.repository_id), n))::numeric, 2) AS low,
       round((100 * wilson_high(count(DISTINCT g.repository_id), n))::numeric, 2) AS high
FROM current_finding g
JOIN repositories r ON r.repository_id = g.repository_id
CROSS JOIN total
WHERE ($1::text IS NULL OR g.language = $1) AND ($2::text IS NULL OR g.confidence = $2)
GROUP BY g.rule, n
ORDER BY repositories DESC, g.rule

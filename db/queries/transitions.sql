-- question: What do servers do with a message in a state of their automaton?
-- denominator: transitions of automata of the language outside test code
-- unit: one row a language and effect
-- by: project, repository
SELECT
--by {by},
       language, effect, count(*) AS transitions,
       count(DISTINCT blob_id) AS distinct_blobs, count(DISTINCT repository_id) AS repositories,
       count(DISTINCT server_id) AS servers,
       percent(count(*), sum(count(*)) OVER w) AS percent
FROM (SELECT t.effect, t.server_id, v.language, v.project, v.repository, v.repository_id, v.blob_id
      FROM protocol_transition t JOIN stats.server v ON v.id = t.server_id) AS move
GROUP BY
--by {by},
         language, effect
WINDOW w AS (PARTITION BY
--by {by},
             language)
ORDER BY
--by {by},
         language, transitions DESC, effect

-- question: How large are the protocol automata mined from servers?
-- denominator: automata of servers of the language outside test code
-- unit: one row a language and number of states, 10 and more together
-- by: project, repository
SELECT
--by {by},
       language, states, count(*) AS automata,
       count(DISTINCT blob_id) AS distinct_blobs, count(DISTINCT repository_id) AS repositories,
       count(DISTINCT server_id) AS servers, round(avg(transitions), 1) AS mean_transitions,
       percent(count(*), sum(count(*)) OVER w) AS percent
FROM (SELECT a.server_id, a.language, a.project, a.repository, a.repository_id, a.blob_id,
             a.transitions, least(a.states, 10) AS states FROM stats.automaton a) AS sized
GROUP BY
--by {by},
         language, states
WINDOW w AS (PARTITION BY
--by {by},
             language)
ORDER BY
--by {by},
         language, states

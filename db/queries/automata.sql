-- question: How large are the protocol automata mined from servers?
-- denominator: automata of servers of the language outside test code
-- unit: one row a language and number of states, 10 and more together
WITH sizes AS (
    SELECT v.language, p.server_id, p.protocol, count(*) AS states
    FROM protocol_state p JOIN current_server v ON v.id = p.server_id
    GROUP BY v.language, p.server_id, p.protocol
), moves AS (
    SELECT server_id, protocol, count(*) AS transitions
    FROM protocol_transition GROUP BY server_id, protocol
)
SELECT s.language, least(s.states, 10) AS states, count(*) AS automata,
       count(DISTINCT s.server_id) AS servers,
       round(avg(coalesce(m.transitions, 0)), 1) AS mean_transitions,
       percent(count(*), sum(count(*)) OVER (PARTITION BY s.language)) AS percent
FROM sizes s LEFT JOIN moves m USING (server_id, protocol)
GROUP BY s.language, least(s.states, 10)
ORDER BY s.language, states

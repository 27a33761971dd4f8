-- question: What do servers do with a message in a state of their automaton?
-- denominator: transitions of automata of the language outside test code
-- unit: one row a language and effect
SELECT v.language, t.effect, count(*) AS transitions, count(DISTINCT t.server_id) AS servers,
       percent(count(*), sum(count(*)) OVER (PARTITION BY v.language)) AS percent
FROM protocol_transition t JOIN current_server v ON v.id = t.server_id
GROUP BY v.language, t.effect
ORDER BY v.language, transitions DESC, t.effect

-- question: Which servers have the largest protocol automata?
-- denominator: none; a list
-- unit: one row an automaton, the 20 with most states
SELECT repository, server, protocol, language, states, transitions, server_id
FROM stats.automaton
ORDER BY states DESC, transitions DESC, repository, server, protocol
LIMIT 20

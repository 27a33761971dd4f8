-- question: What do the largest automata do, move by move?
-- denominator: none; the automata of largest-automata
-- unit: one row a transition
WITH largest AS (
    SELECT server_id, repository, server, protocol, states, transitions FROM stats.automaton
    ORDER BY states DESC, transitions DESC, repository, server, protocol
    LIMIT 20
)
SELECT l.repository, l.server, l.protocol, t.ordinal, coalesce(a.name, 'any') AS from_state,
       coalesce(b.name, a.name, 'any') AS to_state, coalesce(a.is_initial, false) AS from_initial,
       t.event, t.tag, t.effect
FROM largest l
JOIN protocol_transition t USING (server_id, protocol)
LEFT JOIN protocol_state a ON a.id = t.from_state_id
LEFT JOIN protocol_state b ON b.id = t.to_state_id
ORDER BY l.states DESC, l.transitions DESC, l.repository, l.server, l.protocol, t.ordinal

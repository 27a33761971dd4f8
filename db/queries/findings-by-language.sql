-- question: Does each rule speak more in Elixir or in Erlang?
-- denominator: servers of the language outside test code
-- unit: one row a rule; a server counts once
WITH total AS (
    SELECT count(*) FILTER (WHERE language = 'elixir') AS elixir,
           count(*) FILTER (WHERE language = 'erlang') AS erlang
    FROM stats.server
)
SELECT g.rule,
       count(DISTINCT s.id) FILTER (WHERE s.language = 'elixir') AS elixir_servers,
       round(1000.0 * count(DISTINCT s.id) FILTER (WHERE s.language = 'elixir') / nullif(t.elixir, 0), 2)
           AS elixir_per_1000,
       round((1000 * wilson_low(count(DISTINCT s.id) FILTER (WHERE s.language = 'elixir'), t.elixir))::numeric, 2)
           AS elixir_low,
       round((1000 * wilson_high(count(DISTINCT s.id) FILTER (WHERE s.language = 'elixir'), t.elixir))::numeric, 2)
           AS elixir_high,
       count(DISTINCT s.id) FILTER (WHERE s.language = 'erlang') AS erlang_servers,
       round(1000.0 * count(DISTINCT s.id) FILTER (WHERE s.language = 'erlang') / nullif(t.erlang, 0), 2)
           AS erlang_per_1000,
       round((1000 * wilson_low(count(DISTINCT s.id) FILTER (WHERE s.language = 'erlang'), t.erlang))::numeric, 2)
           AS erlang_low,
       round((1000 * wilson_high(count(DISTINCT s.id) FILTER (WHERE s.language = 'erlang'), t.erlang))::numeric, 2)
           AS erlang_high,
       coalesce(p.precision, 'unmeasured') AS precision, p.kappa
FROM stats.finding g
CROSS JOIN total t
LEFT JOIN stats.server s ON s.id = g.server_id
LEFT JOIN stats.precision p ON p.rule = g.rule
GROUP BY g.rule, t.elixir, t.erlang, p.precision, p.kappa
ORDER BY count(DISTINCT s.id) DESC, g.rule

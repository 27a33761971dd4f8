-- A small world whose figures can be counted by hand: the golden database of the named queries.
-- Three repositories; a/app is an application with two snapshots, of which the second is current;
-- b/lib and c/lib are libraries that share one file.
SET search_path = public;
CREATE FUNCTION pg_temp.k(text) RETURNS uuid LANGUAGE sql AS 'SELECT md5($1)::uuid';
CREATE FUNCTION pg_temp.oid(text) RETURNS bytea LANGUAGE sql AS
    'SELECT decode(md5($1) || left(md5($1), 8), ''hex'')';

INSERT INTO corpus VALUES (pg_temp.k('list'), 'list');
INSERT INTO repository SELECT pg_temp.k(n), 'https://example.org/' || n, n
FROM unnest(ARRAY['a/app', 'b/lib', 'c/lib']) AS n;
INSERT INTO rule VALUES ('self-call', 1, 'cycles', 'error', 'A server calls itself'),
    ('late-reply', 2, 'mailbox', 'warning', 'A late reply'),
    ('low-intensity', 1, 'restart', 'note', 'Low intensity');
INSERT INTO run (id, corpus_id, tool_version, analysis_version, started_at, finished_at, outcome,
    job_count, repository_count, loaded_count, unchanged_count, failed_count, parsed_count,
    reused_count, seconds, peak_bytes)
VALUES (pg_temp.k('run1'), pg_temp.k('list'), '0', 'v', '2026-01-01 01:00Z', '2026-01-01 01:01Z', 'done',
        1, 3, 3, 0, 0, 5, 0, 10, 1000000),
    (pg_temp.k('run2'), pg_temp.k('list'), '0', 'v', '2026-01-02 01:00Z', '2026-01-02 01:01Z', 'failed',
        1, 3, 1, 2, 1, 1, 4, 2.5, 2000000);
INSERT INTO failure VALUES (pg_temp.k('f'), pg_temp.k('run2'), pg_temp.k('c/lib'), 'mirror', 'io', 'gone');
INSERT INTO snapshot (id, repository_id, commit_oid, tree_oid, committed_at, kind, tool_version,
    analysis_version)
SELECT pg_temp.k(s), pg_temp.k(r), pg_temp.oid(s), pg_temp.oid('t' || s), at::timestamptz, kind, '0', 'v'
FROM (VALUES ('a1', 'a/app', '2025-12-01Z', 'application'), ('a2', 'a/app', '2026-01-01Z', 'application'),
    ('b1', 'b/lib', '2025-12-01Z', 'library'), ('c1', 'c/lib', '2025-12-01Z', 'library'))
    AS v (s, r, at, kind);
INSERT INTO run_snapshot SELECT pg_temp.k(r), pg_temp.k(s), o, 1
FROM (VALUES ('run1', 'a1', 'loaded'), ('run1', 'b1', 'loaded'), ('run1', 'c1', 'loaded'),
    ('run2', 'a2', 'loaded'), ('run2', 'b1', 'unchanged')) AS v (r, s, o);
INSERT INTO blob SELECT pg_temp.k('blob' || n), pg_temp.oid(n), l, 1, bytes, 10, errors, errors, errors > 0
FROM (VALUES ('x', 'elixir', 1000, 0), ('y', 'elixir', 500, 5), ('z', 'erlang', 2000, 0),
    ('t', 'elixir', 100, 0)) AS v (n, l, bytes, errors);
-- x stands in a/app (both snapshots); z in b/lib and c/lib; y in b/lib; t is a test of a/app
INSERT INTO file SELECT pg_temp.k(s || p), pg_temp.k(s), pg_temp.k('blob' || b), p, '', test
FROM (VALUES ('a1', 'x', 'lib/x.ex', false), ('a2', 'x', 'lib/x.ex', false), ('a2', 't', 'test/t.exs', true),
    ('b1', 'y', 'lib/y.ex', false), ('b1', 'z', 'src/z.erl', false), ('c1', 'z', 'src/z.erl', false))
    AS v (s, b, p, test);
INSERT INTO skipped_file VALUES (pg_temp.k('skip'), pg_temp.k('a2'), 'priv/big.ex', 'elixir', 'too_large',
    'too large', 9999999);
-- two servers in x, one in y, one in each copy of z, one in the test
INSERT INTO module SELECT pg_temp.k('m' || s || n), pg_temp.k(s), pg_temp.k(s || p), n, l, test, 1, 50
FROM (VALUES ('a1', 'lib/x.ex', 'X', 'elixir', false), ('a2', 'lib/x.ex', 'X', 'elixir', false),
    ('a2', 'lib/x.ex', 'X.Sup', 'elixir', false), ('a2', 'test/t.exs', 'T', 'elixir', true),
    ('b1', 'lib/y.ex', 'Y', 'elixir', false), ('b1', 'src/z.erl', 'z', 'erlang', false),
    ('c1', 'src/z.erl', 'z', 'erlang', false)) AS v (s, p, n, l, test);
INSERT INTO server SELECT pg_temp.k('s' || s || n), pg_temp.k(s), pg_temp.k('m' || s || n), n, b, l, test,
    i, name, c, true, traps, 1
FROM (VALUES ('a1', 'X', 'gen_server', 'elixir', false, 'registered', 'X', 'one', false),
    ('a2', 'X', 'gen_server', 'elixir', false, 'registered', 'X', 'one', true),
    ('a2', 'X.Sup', 'supervisor', 'elixir', false, 'unknown', NULL, 'one', false),
    ('a2', 'T', 'gen_server', 'elixir', true, 'unknown', NULL, 'many', false),
    ('b1', 'Y', 'gen_server', 'elixir', false, 'unknown', NULL, 'many', false),
    ('b1', 'z', 'gen_statem', 'erlang', false, 'unknown', NULL, 'many', false),
    ('c1', 'z', 'gen_statem', 'erlang', false, 'unknown', NULL, 'many', false))
    AS v (s, n, b, l, test, i, name, c, traps);
INSERT INTO clause SELECT pg_temp.k('c' || s || n || o), pg_temp.k(s), pg_temp.k('s' || s || n),
    pg_temp.k(s || p), cb, o, tag, CASE WHEN tag IS NOT NULL THEN 0 END, kind, 10, 12
FROM (VALUES ('a2', 'X', 'lib/x.ex', 0, 'init', NULL, 'none'), ('a2', 'X', 'lib/x.ex', 1, 'handle_call', 'get', 'literal'),
    ('a2', 'X', 'lib/x.ex', 2, 'handle_info', NULL, 'any'), ('b1', 'Y', 'lib/y.ex', 0, 'handle_call', 'put', 'literal'),
    ('b1', 'z', 'src/z.erl', 0, 'idle', 'go', 'literal'), ('c1', 'z', 'src/z.erl', 0, 'idle', 'go', 'literal'))
    AS v (s, n, p, o, cb, tag, kind);
-- calls: three in Elixir (two default, one 1000 ms), one infinite in each copy of z; casts: one and none
INSERT INTO message_edge (id, snapshot_id, file_id, line, col, server_id, clause_id, function, kind, is_sync,
    primitive, target_server_id, target, resolution, tag, tag_arity, timeout_kind, timeout_ms)
SELECT pg_temp.k('e' || s || n || line), pg_temp.k(s), pg_temp.k(s || p), line, 1, pg_temp.k('s' || s || n),
    CASE WHEN in_clause THEN pg_temp.k('c' || s || n || CASE n WHEN 'X' THEN 1 ELSE 0 END) END, 'f/1', kind,
    kind = 'call', 'gen_server:' || kind, CASE WHEN known THEN pg_temp.k('s' || s || n) END, NULL,
    CASE WHEN known THEN 'registered' ELSE 'unknown' END, 'get', 0, tk, ms
FROM (VALUES ('a2', 'X', 'lib/x.ex', 20, 'call', true, true, 'default', 5000),
    ('a2', 'X', 'lib/x.ex', 21, 'call', false, false, 'number', 1000),
    ('b1', 'Y', 'lib/y.ex', 20, 'call', true, false, 'default', 5000),
    ('a2', 'X', 'lib/x.ex', 22, 'cast', true, false, 'none', NULL),
    ('b1', 'z', 'src/z.erl', 20, 'call', false, true, 'infinity', NULL),
    ('c1', 'z', 'src/z.erl', 20, 'call', false, true, 'infinity', NULL))
    AS v (s, n, p, line, kind, known, in_clause, tk, ms);
INSERT INTO unresolved_target SELECT pg_temp.k('u' || s || line), pg_temp.k(s), pg_temp.k(s || p), line, 'call', cause
FROM (VALUES ('a2', 'lib/x.ex', 21, 'receiver'), ('b1', 'src/z.erl', 20, 'receiver'),
    ('b1', 'src/z.erl', 30, 'local_call'), ('c1', 'src/z.erl', 20, 'receiver')) AS v (s, p, line, cause);
INSERT INTO receive VALUES (pg_temp.k('r1'), pg_temp.k('b1'), pg_temp.k('b1src/z.erl'), pg_temp.k('sb1z'), 'wait/0', 40, 44, 2, true, 'none', NULL);
INSERT INTO timer VALUES (pg_temp.k('t1'), pg_temp.k('a2'), pg_temp.k('a2lib/x.ex'), pg_temp.k('sa2X'), 'init/1', 11, 'interval', 'tick', 'number', 60000),
    (pg_temp.k('t2'), pg_temp.k('a2'), pg_temp.k('a2lib/x.ex'), pg_temp.k('sa2X'), 'init/1', 12, 'once', 'go', 'number', 0);
INSERT INTO spawn VALUES (pg_temp.k('p1'), pg_temp.k('c1'), pg_temp.k('c1src/z.erl'), NULL, 'go/0', 50, 'spawn', 'erlang:spawn_link', true);
-- three supervisors: X.Sup as it comes (3 in 5 s) with two children; one in each z, stated, dynamic
INSERT INTO supervisor (id, snapshot_id, file_id, server_id, name, language, is_test, line, is_dynamic,
    strategy, strategy_source, intensity, intensity_source, period_s, period_source, max_children, is_root,
    is_complete)
VALUES (pg_temp.k('v1'), pg_temp.k('a2'), pg_temp.k('a2lib/x.ex'), pg_temp.k('sa2X.Sup'), 'X.Sup', 'elixir', false, 30,
        false, 'one_for_one', 'stated', 3, 'defaulted', 5, 'defaulted', NULL, true, true),
    (pg_temp.k('v2'), pg_temp.k('b1'), pg_temp.k('b1src/z.erl'), NULL, 'z', 'erlang', false, 60, true,
        'simple_one_for_one', 'stated', 10, 'stated', 60, 'stated', NULL, false, true),
    (pg_temp.k('v3'), pg_temp.k('c1'), pg_temp.k('c1src/z.erl'), NULL, 'z', 'erlang', false, 60, true,
        'simple_one_for_one', 'stated', 10, 'stated', 60, 'stated', NULL, false, true);
INSERT INTO child (id, snapshot_id, supervisor_id, position, child_name, module, server_id, restart,
    restart_source, shutdown, shutdown_ms, shutdown_source, type, kind, is_conditional, is_repeated, line)
SELECT pg_temp.k('h' || v || pos), pg_temp.k(s), pg_temp.k(v), pos, NULL, 'X', NULL, r, rs, 'number', 5000,
    'defaulted', 'worker', kind, false, false, 31 + pos
FROM (VALUES ('v1', 'a2', 0, 'permanent', 'defaulted', 'static'), ('v1', 'a2', 1, 'transient', 'stated', 'static'),
    ('v2', 'b1', 0, 'temporary', 'stated', 'dynamic'), ('v3', 'c1', 0, 'temporary', 'stated', 'dynamic'))
    AS x (v, s, pos, r, rs, kind);
-- z has two states and three moves
INSERT INTO protocol_state SELECT pg_temp.k('ps' || s || n), pg_temp.k(s), pg_temp.k('s' || s || 'z'), 'statem', n, n = 'idle'
FROM unnest(ARRAY['b1', 'c1']) AS s, unnest(ARRAY['idle', 'busy']) AS n;
INSERT INTO protocol_transition SELECT pg_temp.k('pt' || s || o), pg_temp.k(s), pg_temp.k('s' || s || 'z'), 'statem', o,
    pg_temp.k('ps' || s || f), pg_temp.k('ps' || s || t), NULL, 'cast', tag, effect
FROM unnest(ARRAY['b1', 'c1']) AS s, (VALUES (0, 'idle', 'busy', 'go', 'accept'), (1, 'busy', 'idle', 'done', 'accept'),
    (2, 'busy', 'busy', 'go', 'postpone')) AS v (o, f, t, tag, effect);
INSERT INTO documented_order VALUES (pg_temp.k('d1'), pg_temp.k('b1'), pg_temp.k('sb1Y'), pg_temp.k('b1lib/y.ex'), 3, 'open', 'put', 'not_enforced');
-- self-call: in X of both snapshots, in Y; late-reply: in both copies of z, one more in X that a comment hides
INSERT INTO finding SELECT pg_temp.k('g' || s || r || fp), pg_temp.k(s), r, v, level, conf, pg_temp.k(s || p), p, 20, 1, 20,
    pg_temp.k('s' || s || n), n, r || ' in ' || n, md5(fp), hidden, CASE WHEN hidden THEN 'known' END
FROM (VALUES ('a1', 'self-call', 1, 'error', 'certain', 'lib/x.ex', 'X', 'one', false),
    ('a2', 'self-call', 1, 'error', 'certain', 'lib/x.ex', 'X', 'one', false),
    ('b1', 'self-call', 1, 'error', 'likely', 'lib/y.ex', 'Y', 'two', false),
    ('b1', 'late-reply', 2, 'warning', 'possible', 'src/z.erl', 'z', 'three', false),
    ('c1', 'late-reply', 2, 'warning', 'possible', 'src/z.erl', 'z', 'three', false),
    ('a2', 'late-reply', 2, 'warning', 'likely', 'lib/x.ex', 'X', 'four', true))
    AS x (s, r, v, level, conf, p, n, fp, hidden);
INSERT INTO evidence SELECT id, 0, snapshot_id, path, 20, 20, 'here' FROM finding;
-- read: self-call by two, who differ on the second; late-reply by one, who is not sure
INSERT INTO audit_label SELECT pg_temp.k('l' || fp || who), r, 1, repo, 'c', 'p', 20, md5(fp), who, said, '', '2026-01-03Z'
FROM (VALUES ('self-call', 'a/app', 'one', 'ada', 'right'), ('self-call', 'a/app', 'one', 'joe', 'right'),
    ('self-call', 'b/lib', 'two', 'ada', 'wrong'), ('self-call', 'b/lib', 'two', 'joe', 'right'),
    ('late-reply', 'b/lib', 'three', 'ada', 'unsure')) AS v (r, repo, fp, who, said);
INSERT INTO audit_sample VALUES (pg_temp.k('as'), 'self-call', 1, 0, 'certain elixir', 'a/app', md5('one'));
-- one of them was run and failed
INSERT INTO reproduction (finding_id, snapshot_id, rule, rule_version, fingerprint, verdict, summary, schedules,
    control_schedules, is_control_complete, unknown_count, seed, schedule, scenario, trace_digest, seconds,
    schedules_max, budget_ms, tool_version, analysis_version, runtime_version)
SELECT id, snapshot_id, rule, rule_version, fingerprint, 'reproduced', 'it waits for ever', 4, 9, true, 0, 0, '1', 's',
    repeat('0', 64), 0.002, 2000, 0, '0', 'v', 'r' FROM finding WHERE fingerprint = md5('one') AND snapshot_id = pg_temp.k('a2');

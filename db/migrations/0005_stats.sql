-- The schema that people query: what counts for statistics, in few wide views. All of them leave
-- out test code and snapshots that are not current, and have the dimensions language, project and
-- repository. Materialised are those that read most rows; `lode` refreshes them after a crawl and
-- whenever it finds them older than the tables, with CONCURRENTLY, so that nobody waits.

CREATE SCHEMA stats;
COMMENT ON SCHEMA stats IS
    'What statistics are made of: current snapshots without test code, with their dimensions';

CREATE MATERIALIZED VIEW stats.file AS
    SELECT f.id, f.snapshot_id, f.blob_id, f.path, f.application, b.language, s.kind AS project,
           r.name AS repository, s.repository_id, b.byte_count, b.line_count, b.error_bytes,
           b.is_partial
    FROM file f
    JOIN blob b ON b.id = f.blob_id
    JOIN current_snapshot s ON s.id = f.snapshot_id
    JOIN repository r ON r.id = s.repository_id
    WHERE NOT f.is_test;
CREATE UNIQUE INDEX file_id_ix ON stats.file (id);
COMMENT ON MATERIALIZED VIEW stats.file IS
    'Files of current snapshots without tests, examples, benchmarks and scripts; project: library, application or unknown';

CREATE MATERIALIZED VIEW stats.edge AS
    SELECT e.id, e.snapshot_id, e.file_id, f.language, f.project, f.repository, f.repository_id,
           f.blob_id, e.kind, e.is_sync, e.primitive, e.server_id, e.clause_id, e.target_server_id,
           e.resolution, e.tag, e.timeout_kind, e.timeout_ms
    FROM message_edge e JOIN stats.file f ON f.id = e.file_id;
CREATE UNIQUE INDEX edge_id_ix ON stats.edge (id);
CREATE INDEX edge_repository_id_ix ON stats.edge (repository_id);
COMMENT ON MATERIALIZED VIEW stats.edge IS
    'Places outside test code that send, ask, reply, monitor or start';

CREATE MATERIALIZED VIEW stats.unresolved AS
    SELECT u.file_id, u.cause, f.language, f.project, f.repository, f.repository_id, f.blob_id,
           count(*) AS targets
    FROM unresolved_target u JOIN stats.file f ON f.id = u.file_id
    GROUP BY u.file_id, u.cause, f.language, f.project, f.repository, f.repository_id, f.blob_id;
CREATE UNIQUE INDEX unresolved_ix ON stats.unresolved (file_id, cause);
COMMENT ON MATERIALIZED VIEW stats.unresolved IS
    'How many targets of each file could not be resolved, by cause';

CREATE MATERIALIZED VIEW stats.fresh AS
    SELECT 1 AS id, (SELECT count(*) FROM run_snapshot) AS snapshots_reached,
           (SELECT max(started_at) FROM run) AS latest_run;
CREATE UNIQUE INDEX fresh_ix ON stats.fresh (id);
COMMENT ON MATERIALIZED VIEW stats.fresh IS
    'State of the tables when the materialised views were refreshed last';

CREATE VIEW stats.server AS
    SELECT v.id, v.snapshot_id, v.name, v.behaviour, v.language, f.project, f.repository,
           f.repository_id, f.blob_id, f.id AS file_id, f.path, v.line, v.identity,
           v.registered_name, v.instances, v.is_supervised, v.traps_exit
    FROM server v JOIN module m ON m.id = v.module_id JOIN stats.file f ON f.id = m.file_id
    WHERE NOT v.is_test;
COMMENT ON VIEW stats.server IS 'Servers outside test code: modules that run as processes';

CREATE VIEW stats.clause AS
    SELECT c.id, c.server_id, v.name AS server, v.behaviour, v.language, v.project, v.repository,
           v.repository_id, v.blob_id, c.callback, c.ordinal, c.tag, c.tag_arity, c.tag_kind
    FROM clause c JOIN stats.server v ON v.id = c.server_id;
COMMENT ON VIEW stats.clause IS 'Callback clauses of servers outside test code';

CREATE VIEW stats.supervisor AS
    SELECT v.id, v.snapshot_id, v.name, v.language, f.project, f.repository, f.repository_id,
           f.blob_id, f.path, v.line, v.is_dynamic, v.strategy, v.strategy_source, v.intensity,
           v.intensity_source, v.period_s, v.period_source, v.max_children, v.is_root,
           v.is_complete
    FROM supervisor v JOIN stats.file f ON f.id = v.file_id
    WHERE NOT v.is_test;
COMMENT ON VIEW stats.supervisor IS 'Supervisors outside test code, with their flags';

CREATE VIEW stats.child AS
    SELECT c.id, c.supervisor_id, v.name AS supervisor, v.strategy, v.language, v.project,
           v.repository, v.repository_id, v.blob_id, c.position, c.module, c.server_id, c.restart,
           c.restart_source, c.shutdown, c.shutdown_ms, c.shutdown_source, c.type, c.kind,
           c.is_conditional, c.is_repeated
    FROM child c JOIN stats.supervisor v ON v.id = c.supervisor_id;
COMMENT ON VIEW stats.child IS 'Child specifications of supervisors outside test code';

CREATE VIEW stats.automaton AS
    SELECT v.id AS server_id, v.name AS server, v.language, v.project, v.repository,
           v.repository_id, v.blob_id, p.protocol, p.states, coalesce(t.transitions, 0) AS transitions
    FROM (SELECT server_id, protocol, count(*) AS states FROM protocol_state
          GROUP BY server_id, protocol) p
    JOIN stats.server v ON v.id = p.server_id
    LEFT JOIN (SELECT server_id, protocol, count(*) AS transitions FROM protocol_transition
               GROUP BY server_id, protocol) t USING (server_id, protocol);
COMMENT ON VIEW stats.automaton IS 'Protocol automata mined from servers outside test code';

CREATE VIEW stats.finding AS
    SELECT g.id, g.snapshot_id, g.rule, g.rule_version, u.family, g.level, g.confidence,
           coalesce(b.language, 'unknown') AS language, s.kind AS project, r.name AS repository,
           s.repository_id, f.blob_id, g.path, g.line, g.server_id, g.server, g.message,
           g.fingerprint
    FROM finding g
    JOIN current_snapshot s ON s.id = g.snapshot_id
    JOIN repository r ON r.id = s.repository_id
    JOIN rule u ON u.name = g.rule AND u.version = g.rule_version
    LEFT JOIN file f ON f.id = g.file_id
    LEFT JOIN blob b ON b.id = f.blob_id
    WHERE NOT g.is_suppressed;
COMMENT ON VIEW stats.finding IS 'Findings of current snapshots that no comment suppresses';

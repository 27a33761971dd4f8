-- The tables of Lode. Comments on tables and columns come from db/tables.def and are written by
-- `lode db migrate` after the last migration.

CREATE TABLE corpus (
    id uuid NOT NULL,
    name text NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (name)
);

CREATE TABLE repository (
    id uuid NOT NULL,
    url text NOT NULL,
    name text NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (url)
);

CREATE TABLE corpus_entry (
    id uuid NOT NULL,
    corpus_id uuid NOT NULL REFERENCES corpus,
    repository_id uuid NOT NULL REFERENCES repository,
    position integer NOT NULL CHECK (position >= 0),
    ref text,
    tags text,
    PRIMARY KEY (id)
);

CREATE TABLE rule (
    name text NOT NULL,
    version integer NOT NULL CHECK (version >= 1),
    family text NOT NULL
        CHECK (family IN ('ordering', 'cycles', 'mailbox', 'restart', 'structure')),
    level text NOT NULL
        CHECK (level IN ('error', 'warning', 'note')),
    title text NOT NULL,
    PRIMARY KEY (name, version)
);

CREATE TABLE run (
    id uuid NOT NULL,
    corpus_id uuid REFERENCES corpus,
    tool_version text NOT NULL,
    analysis_version text NOT NULL,
    started_at timestamptz NOT NULL,
    finished_at timestamptz,
    outcome text
        CHECK (outcome IN ('done', 'failed', 'interrupted')),
    job_count integer NOT NULL CHECK (job_count >= 1),
    repository_count integer NOT NULL CHECK (repository_count >= 0),
    loaded_count integer,
    unchanged_count integer,
    failed_count integer,
    parsed_count bigint,
    reused_count bigint,
    seconds double precision,
    peak_bytes bigint,
    PRIMARY KEY (id)
);

CREATE TABLE failure (
    id uuid NOT NULL,
    run_id uuid NOT NULL REFERENCES run,
    repository_id uuid NOT NULL REFERENCES repository,
    stage text NOT NULL
        CHECK (stage IN ('mirror', 'snapshot', 'analyse', 'load')),
    kind text NOT NULL
        CHECK (kind IN ('input', 'limit', 'io', 'db', 'bug')),
    reason text NOT NULL,
    PRIMARY KEY (id)
);

CREATE TABLE snapshot (
    id uuid NOT NULL,
    repository_id uuid NOT NULL REFERENCES repository,
    commit_oid bytea NOT NULL CHECK (length(commit_oid) IN (20, 32)),
    tree_oid bytea NOT NULL CHECK (length(tree_oid) IN (20, 32)),
    committed_at timestamptz,
    kind text NOT NULL
        CHECK (kind IN ('library', 'application', 'unknown')),
    tool_version text NOT NULL,
    analysis_version text NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (repository_id, commit_oid)
);

CREATE TABLE run_snapshot (
    run_id uuid NOT NULL REFERENCES run,
    snapshot_id uuid NOT NULL REFERENCES snapshot,
    outcome text NOT NULL
        CHECK (outcome IN ('loaded', 'replaced', 'unchanged')),
    seconds double precision NOT NULL,
    PRIMARY KEY (run_id, snapshot_id)
);

CREATE TABLE blob (
    id uuid NOT NULL,
    oid bytea NOT NULL CHECK (length(oid) IN (20, 32)),
    language text NOT NULL
        CHECK (language IN ('elixir', 'erlang')),
    front_end_version integer NOT NULL CHECK (front_end_version >= 1),
    byte_count bigint NOT NULL CHECK (byte_count >= 0),
    line_count integer NOT NULL CHECK (line_count >= 0),
    error_bytes bigint NOT NULL CHECK (error_bytes >= 0),
    error_count integer NOT NULL CHECK (error_count >= 0),
    is_partial boolean NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (oid, language, front_end_version)
);

CREATE TABLE file (
    id uuid NOT NULL,
    snapshot_id uuid NOT NULL REFERENCES snapshot,
    blob_id uuid NOT NULL REFERENCES blob,
    path text NOT NULL,
    application text NOT NULL,
    is_test boolean NOT NULL,
    PRIMARY KEY (id)
);

CREATE TABLE skipped_file (
    id uuid NOT NULL,
    snapshot_id uuid NOT NULL REFERENCES snapshot,
    path text NOT NULL,
    language text
        CHECK (language IN ('elixir', 'erlang')),
    reason text NOT NULL
        CHECK (reason IN ('symlink', 'submodule', 'too_large', 'path_length', 'depth', 'count', 'unreadable', 'special', 'odd_name', 'build_dir', 'limit', 'not_text', 'other')),
    detail text,
    byte_count bigint CHECK (byte_count >= 0),
    PRIMARY KEY (id)
);

CREATE TABLE module (
    id uuid NOT NULL,
    snapshot_id uuid NOT NULL REFERENCES snapshot,
    file_id uuid NOT NULL REFERENCES file,
    name text NOT NULL,
    language text NOT NULL
        CHECK (language IN ('elixir', 'erlang')),
    is_test boolean NOT NULL,
    line integer NOT NULL CHECK (line >= 0),
    end_line integer NOT NULL CHECK (end_line >= 0),
    PRIMARY KEY (id),
    CHECK (end_line >= line)
);

CREATE TABLE server (
    id uuid NOT NULL,
    snapshot_id uuid NOT NULL REFERENCES snapshot,
    module_id uuid NOT NULL REFERENCES module,
    name text NOT NULL,
    behaviour text NOT NULL,
    language text NOT NULL
        CHECK (language IN ('elixir', 'erlang')),
    is_test boolean NOT NULL,
    identity text NOT NULL
        CHECK (identity IN ('registered', 'unknown')),
    registered_name text,
    instances text NOT NULL
        CHECK (instances IN ('one', 'few', 'many', 'unknown')),
    is_supervised boolean NOT NULL,
    traps_exit boolean NOT NULL,
    line integer NOT NULL CHECK (line >= 0),
    PRIMARY KEY (id)
);

CREATE TABLE clause (
    id uuid NOT NULL,
    snapshot_id uuid NOT NULL REFERENCES snapshot,
    server_id uuid NOT NULL REFERENCES server,
    file_id uuid NOT NULL REFERENCES file,
    callback text NOT NULL,
    ordinal integer NOT NULL CHECK (ordinal >= 0),
    tag text,
    tag_arity integer CHECK (tag_arity >= 0),
    tag_kind text NOT NULL
        CHECK (tag_kind IN ('literal', 'any', 'unknown', 'none')),
    line integer NOT NULL CHECK (line >= 0),
    end_line integer NOT NULL CHECK (end_line >= 0),
    PRIMARY KEY (id),
    CHECK (end_line >= line)
);

CREATE TABLE message_edge (
    id uuid NOT NULL,
    snapshot_id uuid NOT NULL REFERENCES snapshot,
    file_id uuid NOT NULL REFERENCES file,
    line integer NOT NULL CHECK (line >= 0),
    col integer NOT NULL CHECK (col >= 0),
    server_id uuid REFERENCES server,
    clause_id uuid REFERENCES clause,
    function text NOT NULL,
    kind text NOT NULL
        CHECK (kind IN ('call', 'cast', 'send', 'reply', 'monitor', 'start', 'stop', 'timer', 'sup_call', 'app_call')),
    is_sync boolean NOT NULL,
    primitive text NOT NULL,
    target_server_id uuid REFERENCES server,
    target text,
    resolution text NOT NULL,
    tag text,
    tag_arity integer CHECK (tag_arity >= 0),
    timeout_kind text NOT NULL
        CHECK (timeout_kind IN ('default', 'number', 'infinity', 'unknown', 'none')),
    timeout_ms bigint CHECK (timeout_ms >= 0),
    PRIMARY KEY (id),
    CHECK (timeout_ms IS NULL OR timeout_kind IN ('number', 'default'))
);

CREATE TABLE receive (
    id uuid NOT NULL,
    snapshot_id uuid NOT NULL REFERENCES snapshot,
    file_id uuid NOT NULL REFERENCES file,
    server_id uuid REFERENCES server,
    function text NOT NULL,
    line integer NOT NULL CHECK (line >= 0),
    end_line integer NOT NULL CHECK (end_line >= 0),
    arm_count integer NOT NULL CHECK (arm_count >= 0),
    has_catch_all boolean NOT NULL,
    timeout_kind text NOT NULL
        CHECK (timeout_kind IN ('none', 'number', 'infinity', 'unknown')),
    timeout_ms bigint CHECK (timeout_ms >= 0),
    PRIMARY KEY (id),
    CHECK (end_line >= line),
    CHECK (timeout_ms IS NULL OR timeout_kind IN ('number'))
);

CREATE TABLE timer (
    id uuid NOT NULL,
    snapshot_id uuid NOT NULL REFERENCES snapshot,
    file_id uuid NOT NULL REFERENCES file,
    server_id uuid REFERENCES server,
    function text NOT NULL,
    line integer NOT NULL CHECK (line >= 0),
    kind text NOT NULL
        CHECK (kind IN ('once', 'interval')),
    tag text,
    delay_kind text NOT NULL
        CHECK (delay_kind IN ('number', 'infinity', 'unknown')),
    delay_ms bigint CHECK (delay_ms >= 0),
    PRIMARY KEY (id),
    CHECK (delay_ms IS NULL OR delay_kind IN ('number'))
);

CREATE TABLE spawn (
    id uuid NOT NULL,
    snapshot_id uuid NOT NULL REFERENCES snapshot,
    file_id uuid NOT NULL REFERENCES file,
    server_id uuid REFERENCES server,
    function text NOT NULL,
    line integer NOT NULL CHECK (line >= 0),
    kind text NOT NULL
        CHECK (kind IN ('spawn', 'task')),
    primitive text NOT NULL,
    is_linked boolean NOT NULL,
    PRIMARY KEY (id)
);

CREATE TABLE supervisor (
    id uuid NOT NULL,
    snapshot_id uuid NOT NULL REFERENCES snapshot,
    file_id uuid NOT NULL REFERENCES file,
    server_id uuid REFERENCES server,
    name text NOT NULL,
    language text NOT NULL
        CHECK (language IN ('elixir', 'erlang')),
    is_test boolean NOT NULL,
    line integer NOT NULL CHECK (line >= 0),
    is_dynamic boolean NOT NULL,
    strategy text NOT NULL
        CHECK (strategy IN ('one_for_one', 'one_for_all', 'rest_for_one', 'simple_one_for_one', 'unknown')),
    strategy_source text NOT NULL
        CHECK (strategy_source IN ('stated', 'defaulted', 'unknown')),
    intensity bigint,
    intensity_source text NOT NULL
        CHECK (intensity_source IN ('stated', 'defaulted', 'unknown')),
    period_s bigint,
    period_source text NOT NULL
        CHECK (period_source IN ('stated', 'defaulted', 'unknown')),
    max_children bigint,
    is_root boolean NOT NULL,
    is_complete boolean NOT NULL,
    PRIMARY KEY (id)
);

CREATE TABLE child (
    id uuid NOT NULL,
    snapshot_id uuid NOT NULL REFERENCES snapshot,
    supervisor_id uuid NOT NULL REFERENCES supervisor,
    position integer NOT NULL CHECK (position >= 0),
    child_name text,
    module text,
    server_id uuid REFERENCES server,
    restart text NOT NULL
        CHECK (restart IN ('permanent', 'transient', 'temporary', 'unknown')),
    restart_source text NOT NULL
        CHECK (restart_source IN ('stated', 'defaulted', 'unknown')),
    shutdown text NOT NULL
        CHECK (shutdown IN ('number', 'brutal_kill', 'infinity', 'unknown')),
    shutdown_ms bigint CHECK (shutdown_ms >= 0),
    shutdown_source text NOT NULL
        CHECK (shutdown_source IN ('stated', 'defaulted', 'unknown')),
    type text NOT NULL
        CHECK (type IN ('worker', 'supervisor', 'unknown')),
    kind text NOT NULL
        CHECK (kind IN ('static', 'dynamic')),
    is_conditional boolean NOT NULL,
    is_repeated boolean NOT NULL,
    line integer NOT NULL CHECK (line >= 0),
    PRIMARY KEY (id),
    CHECK (shutdown_ms IS NULL OR shutdown IN ('number'))
);

CREATE TABLE protocol_state (
    id uuid NOT NULL,
    snapshot_id uuid NOT NULL REFERENCES snapshot,
    server_id uuid NOT NULL REFERENCES server,
    protocol text NOT NULL,
    name text NOT NULL,
    is_initial boolean NOT NULL,
    PRIMARY KEY (id)
);

CREATE TABLE protocol_transition (
    id uuid NOT NULL,
    snapshot_id uuid NOT NULL REFERENCES snapshot,
    server_id uuid NOT NULL REFERENCES server,
    protocol text NOT NULL,
    ordinal integer NOT NULL CHECK (ordinal >= 0),
    from_state_id uuid REFERENCES protocol_state,
    to_state_id uuid REFERENCES protocol_state,
    clause_id uuid REFERENCES clause,
    event text NOT NULL,
    tag text,
    effect text NOT NULL
        CHECK (effect IN ('accept', 'refuse', 'crash', 'postpone', 'ignore', 'unknown')),
    PRIMARY KEY (id)
);

CREATE TABLE documented_order (
    id uuid NOT NULL,
    snapshot_id uuid NOT NULL REFERENCES snapshot,
    server_id uuid NOT NULL REFERENCES server,
    file_id uuid NOT NULL REFERENCES file,
    line integer NOT NULL CHECK (line >= 0),
    first_operation text NOT NULL,
    then_operation text NOT NULL,
    status text NOT NULL
        CHECK (status IN ('enforced', 'not_enforced', 'contradicted', 'unknown')),
    PRIMARY KEY (id)
);

CREATE TABLE unresolved_target (
    id uuid NOT NULL,
    snapshot_id uuid NOT NULL REFERENCES snapshot,
    file_id uuid NOT NULL REFERENCES file,
    line integer NOT NULL CHECK (line >= 0),
    kind text NOT NULL,
    cause text NOT NULL,
    PRIMARY KEY (id)
);

CREATE TABLE finding (
    id uuid NOT NULL,
    snapshot_id uuid NOT NULL REFERENCES snapshot,
    rule text NOT NULL,
    rule_version integer NOT NULL CHECK (rule_version >= 1),
    level text NOT NULL
        CHECK (level IN ('error', 'warning', 'note')),
    confidence text NOT NULL
        CHECK (confidence IN ('certain', 'likely', 'possible')),
    file_id uuid REFERENCES file,
    path text NOT NULL,
    line integer NOT NULL CHECK (line >= 0),
    col integer NOT NULL CHECK (col >= 0),
    end_line integer NOT NULL CHECK (end_line >= 0),
    server_id uuid REFERENCES server,
    server text NOT NULL,
    message text NOT NULL,
    fingerprint text NOT NULL CHECK (fingerprint ~ '^[0-9a-f]{32}$'),
    is_suppressed boolean NOT NULL,
    suppression text,
    PRIMARY KEY (id),
    CHECK (end_line >= line),
    FOREIGN KEY (rule, rule_version) REFERENCES rule (name, version)
);

CREATE TABLE evidence (
    finding_id uuid NOT NULL REFERENCES finding,
    position integer NOT NULL CHECK (position >= 0),
    snapshot_id uuid NOT NULL REFERENCES snapshot,
    path text NOT NULL,
    line integer NOT NULL CHECK (line >= 0),
    end_line integer NOT NULL CHECK (end_line >= 0),
    note text NOT NULL,
    PRIMARY KEY (finding_id, position),
    CHECK (end_line >= line)
);

-- Each reference is followed backwards when a snapshot's rows are replaced.
CREATE INDEX corpus_entry_corpus_id_ix ON corpus_entry (corpus_id);
CREATE INDEX corpus_entry_repository_id_ix ON corpus_entry (repository_id);
CREATE INDEX run_corpus_id_ix ON run (corpus_id);
CREATE INDEX failure_run_id_ix ON failure (run_id);
CREATE INDEX failure_repository_id_ix ON failure (repository_id);
CREATE INDEX run_snapshot_snapshot_id_ix ON run_snapshot (snapshot_id);
CREATE INDEX file_snapshot_id_ix ON file (snapshot_id);
CREATE INDEX file_blob_id_ix ON file (blob_id);
CREATE INDEX skipped_file_snapshot_id_ix ON skipped_file (snapshot_id);
CREATE INDEX module_snapshot_id_ix ON module (snapshot_id);
CREATE INDEX module_file_id_ix ON module (file_id);
CREATE INDEX server_snapshot_id_ix ON server (snapshot_id);
CREATE INDEX server_module_id_ix ON server (module_id);
CREATE INDEX clause_snapshot_id_ix ON clause (snapshot_id);
CREATE INDEX clause_server_id_ix ON clause (server_id);
CREATE INDEX clause_file_id_ix ON clause (file_id);
CREATE INDEX message_edge_snapshot_id_ix ON message_edge (snapshot_id);
CREATE INDEX message_edge_file_id_ix ON message_edge (file_id);
CREATE INDEX message_edge_server_id_ix ON message_edge (server_id);
CREATE INDEX message_edge_clause_id_ix ON message_edge (clause_id);
CREATE INDEX message_edge_target_server_id_ix ON message_edge (target_server_id);
CREATE INDEX receive_snapshot_id_ix ON receive (snapshot_id);
CREATE INDEX receive_file_id_ix ON receive (file_id);
CREATE INDEX receive_server_id_ix ON receive (server_id);
CREATE INDEX timer_snapshot_id_ix ON timer (snapshot_id);
CREATE INDEX timer_file_id_ix ON timer (file_id);
CREATE INDEX timer_server_id_ix ON timer (server_id);
CREATE INDEX spawn_snapshot_id_ix ON spawn (snapshot_id);
CREATE INDEX spawn_file_id_ix ON spawn (file_id);
CREATE INDEX spawn_server_id_ix ON spawn (server_id);
CREATE INDEX supervisor_snapshot_id_ix ON supervisor (snapshot_id);
CREATE INDEX supervisor_file_id_ix ON supervisor (file_id);
CREATE INDEX supervisor_server_id_ix ON supervisor (server_id);
CREATE INDEX child_snapshot_id_ix ON child (snapshot_id);
CREATE INDEX child_supervisor_id_ix ON child (supervisor_id);
CREATE INDEX child_server_id_ix ON child (server_id);
CREATE INDEX protocol_state_snapshot_id_ix ON protocol_state (snapshot_id);
CREATE INDEX protocol_state_server_id_ix ON protocol_state (server_id);
CREATE INDEX protocol_transition_snapshot_id_ix ON protocol_transition (snapshot_id);
CREATE INDEX protocol_transition_server_id_ix ON protocol_transition (server_id);
CREATE INDEX protocol_transition_from_state_id_ix ON protocol_transition (from_state_id);
CREATE INDEX protocol_transition_to_state_id_ix ON protocol_transition (to_state_id);
CREATE INDEX protocol_transition_clause_id_ix ON protocol_transition (clause_id);
CREATE INDEX documented_order_snapshot_id_ix ON documented_order (snapshot_id);
CREATE INDEX documented_order_server_id_ix ON documented_order (server_id);
CREATE INDEX documented_order_file_id_ix ON documented_order (file_id);
CREATE INDEX unresolved_target_snapshot_id_ix ON unresolved_target (snapshot_id);
CREATE INDEX unresolved_target_file_id_ix ON unresolved_target (file_id);
CREATE INDEX finding_snapshot_id_ix ON finding (snapshot_id);
CREATE INDEX finding_file_id_ix ON finding (file_id);
CREATE INDEX finding_server_id_ix ON finding (server_id);
CREATE INDEX evidence_snapshot_id_ix ON evidence (snapshot_id);
CREATE INDEX finding_rule_ix ON finding (rule);
CREATE INDEX finding_fingerprint_ix ON finding (fingerprint);

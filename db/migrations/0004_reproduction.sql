-- What came of running the findings: a verdict each, and for those that load decides the curves
-- with the point where they tip.

CREATE TABLE reproduction (
    finding_id uuid NOT NULL REFERENCES finding,
    snapshot_id uuid NOT NULL REFERENCES snapshot,
    rule text NOT NULL,
    rule_version integer NOT NULL CHECK (rule_version >= 1),
    fingerprint text NOT NULL CHECK (fingerprint ~ '^[0-9a-f]{32}$'),
    verdict text NOT NULL
        CHECK (verdict IN ('reproduced', 'fails_without_the_fault', 'not_reproduced',
                           'budget_spent', 'unsupported')),
    why text,
    category text,
    summary text,
    schedules bigint NOT NULL CHECK (schedules >= 0),
    control_schedules bigint NOT NULL CHECK (control_schedules >= 0),
    is_control_complete boolean NOT NULL,
    unknown_count integer NOT NULL CHECK (unknown_count >= 0),
    supposed text,
    control_change text,
    depth integer CHECK (depth >= 0),
    seed bigint NOT NULL,
    schedule text,
    scenario text,
    trace_digest text CHECK (trace_digest ~ '^[0-9a-f]{64}$'),
    seconds double precision NOT NULL CHECK (seconds >= 0),
    schedules_max bigint NOT NULL CHECK (schedules_max >= 1),
    budget_ms bigint NOT NULL CHECK (budget_ms >= 0),
    tool_version text NOT NULL,
    analysis_version text NOT NULL,
    runtime_version text NOT NULL,
    told text,
    PRIMARY KEY (finding_id),
    FOREIGN KEY (rule, rule_version) REFERENCES rule (name, version),
    CHECK ((scenario IS NULL) = (verdict = 'unsupported')),
    CHECK ((schedule IS NULL) = (verdict NOT IN ('reproduced', 'fails_without_the_fault'))),
    CHECK ((schedule IS NULL) = (trace_digest IS NULL)),
    CHECK (verdict <> 'unsupported' OR why IS NOT NULL)
);
CREATE INDEX reproduction_snapshot_id_ix ON reproduction (snapshot_id);
CREATE INDEX reproduction_rule_ix ON reproduction (rule, rule_version);

CREATE TABLE reproduction_line (
    finding_id uuid NOT NULL REFERENCES finding,
    position integer NOT NULL CHECK (position >= 0),
    snapshot_id uuid NOT NULL REFERENCES snapshot,
    name text NOT NULL,
    is_control boolean NOT NULL,
    x_label text NOT NULL,
    y_label text NOT NULL,
    y_tip double precision NOT NULL,
    x_tip double precision,
    PRIMARY KEY (finding_id, position)
);
CREATE INDEX reproduction_line_snapshot_id_ix ON reproduction_line (snapshot_id);

CREATE TABLE reproduction_point (
    finding_id uuid NOT NULL REFERENCES finding,
    line integer NOT NULL,
    position integer NOT NULL CHECK (position >= 0),
    snapshot_id uuid NOT NULL REFERENCES snapshot,
    x double precision NOT NULL,
    y double precision NOT NULL,
    PRIMARY KEY (finding_id, line, position),
    FOREIGN KEY (finding_id, line) REFERENCES reproduction_line (finding_id, position)
);
CREATE INDEX reproduction_point_snapshot_id_ix ON reproduction_point (snapshot_id);

CREATE VIEW current_reproduction AS
    SELECT p.*, g.confidence, g.level, g.path, g.line, g.server, g.server_id, g.message,
           g.repository_id, g.kind, g.language
    FROM reproduction p JOIN current_finding g ON g.id = p.finding_id;
COMMENT ON VIEW current_reproduction IS
    'Verdicts on findings of current snapshots that no comment suppresses';

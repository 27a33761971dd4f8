-- The life of findings: what a branch led to, visit by visit, and from which snapshot to which a
-- finding was there. Rows are written in the transaction that loads the snapshot.

CREATE TABLE branch (
    id uuid NOT NULL,
    repository_id uuid NOT NULL REFERENCES repository,
    ref text NOT NULL,
    snapshot_id uuid NOT NULL REFERENCES snapshot,
    commit_oid bytea NOT NULL CHECK (length(commit_oid) IN (20, 32)),
    analysis_version text NOT NULL,
    followed_at timestamptz NOT NULL,
    seen_at timestamptz NOT NULL,
    PRIMARY KEY (id)
);
CREATE INDEX branch_repository_id_ix ON branch (repository_id);
CREATE INDEX branch_snapshot_id_ix ON branch (snapshot_id);

CREATE TABLE life_span (
    id uuid NOT NULL,
    branch_id uuid NOT NULL REFERENCES branch,
    rule text NOT NULL,
    fingerprint text NOT NULL CHECK (fingerprint ~ '^[0-9a-f]{32}$'),
    ordinal integer NOT NULL CHECK (ordinal >= 0),
    first_snapshot_id uuid NOT NULL REFERENCES snapshot,
    first_seen_at timestamptz NOT NULL,
    came text NOT NULL CHECK (came IN ('found', 'code', 'analysis', 'either')),
    last_snapshot_id uuid REFERENCES snapshot,
    last_seen_at timestamptz,
    gone_snapshot_id uuid REFERENCES snapshot,
    gone_at timestamptz,
    went text CHECK (went IN ('code', 'analysis', 'either', 'suppressed')),
    PRIMARY KEY (id),
    CHECK ((gone_at IS NULL) = (gone_snapshot_id IS NULL)),
    CHECK ((gone_at IS NULL) = (last_snapshot_id IS NULL)),
    CHECK ((gone_at IS NULL) = (last_seen_at IS NULL)),
    CHECK ((gone_at IS NULL) = (went IS NULL))
);
CREATE INDEX life_span_branch_id_ix ON life_span (branch_id, rule, fingerprint);
CREATE INDEX life_span_first_snapshot_id_ix ON life_span (first_snapshot_id);
CREATE INDEX life_span_last_snapshot_id_ix ON life_span (last_snapshot_id)
    WHERE last_snapshot_id IS NOT NULL;
CREATE INDEX life_span_gone_snapshot_id_ix ON life_span (gone_snapshot_id)
    WHERE gone_snapshot_id IS NOT NULL;
-- One finding of a branch lives once at a time.
CREATE UNIQUE INDEX life_span_open_ix ON life_span (branch_id, rule, fingerprint)
    WHERE gone_at IS NULL;

CREATE TABLE same_tree (
    id uuid NOT NULL,
    snapshot_id uuid NOT NULL REFERENCES snapshot,
    commit_oid bytea NOT NULL CHECK (length(commit_oid) IN (20, 32)),
    seen_at timestamptz NOT NULL,
    PRIMARY KEY (id)
);
CREATE INDEX same_tree_snapshot_id_ix ON same_tree (snapshot_id);

CREATE VIEW finding_life AS
    SELECT r.id AS repository_id, r.name AS repository, b.ref, l.rule, l.fingerprint, l.ordinal,
           l.came, l.first_snapshot_id, l.first_seen_at,
           coalesce(l.last_snapshot_id, b.snapshot_id) AS last_snapshot_id,
           coalesce(l.last_seen_at, b.seen_at) AS last_seen_at,
           l.gone_snapshot_id, l.gone_at, l.went
    FROM life_span l
    JOIN branch b ON b.id = l.branch_id
    JOIN repository r ON r.id = b.repository_id;
COMMENT ON VIEW finding_life IS
    'First seen, last seen and gone of each finding of each branch; a finding that lives was last seen when its branch was';

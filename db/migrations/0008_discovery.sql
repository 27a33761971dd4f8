-- What discovery and licence files say of repositories, and who asked to be left out.

CREATE TABLE listing (
    id uuid NOT NULL,
    corpus_id uuid NOT NULL REFERENCES corpus,
    repository_id uuid NOT NULL REFERENCES repository,
    stars bigint CHECK (stars >= 0),
    licence text,
    fork_of text,
    is_archived boolean,
    topics text,
    pushed_at timestamptz,
    PRIMARY KEY (id)
);
CREATE INDEX listing_corpus_id_ix ON listing (corpus_id);
CREATE INDEX listing_repository_id_ix ON listing (repository_id);

CREATE TABLE licence (
    id uuid NOT NULL,
    oid bytea NOT NULL CHECK (length(oid) IN (20, 32)),
    version integer NOT NULL CHECK (version >= 1),
    spdx text NOT NULL,
    PRIMARY KEY (id)
);

CREATE TABLE licence_file (
    id uuid NOT NULL,
    snapshot_id uuid NOT NULL REFERENCES snapshot,
    licence_id uuid NOT NULL REFERENCES licence,
    path text NOT NULL,
    PRIMARY KEY (id)
);
CREATE INDEX licence_file_snapshot_id_ix ON licence_file (snapshot_id);
CREATE INDEX licence_file_licence_id_ix ON licence_file (licence_id);

CREATE TABLE opt_out (
    id uuid NOT NULL,
    url text NOT NULL,
    reason text,
    since timestamptz NOT NULL,
    PRIMARY KEY (id)
);

-- The licence of a repository is what the licence files in its first folder say; one that says
-- nothing known counts only when there is no other.
CREATE VIEW current_licence AS
    SELECT s.id AS snapshot_id, r.id AS repository_id, r.name AS repository,
           coalesce(string_agg(DISTINCT l.spdx, ', ' ORDER BY l.spdx)
                        FILTER (WHERE l.spdx <> 'NOASSERTION'),
                    CASE WHEN count(l.id) > 0 THEN 'NOASSERTION' ELSE 'NONE' END) AS spdx
    FROM current_snapshot s
    JOIN repository r ON r.id = s.repository_id
    LEFT JOIN licence_file f ON f.snapshot_id = s.id
        AND (f.path NOT LIKE '%/%' OR f.path LIKE 'LICENSES/%')
    LEFT JOIN licence l ON l.id = f.licence_id
    GROUP BY s.id, r.id, r.name;
COMMENT ON VIEW current_licence IS
    'Licences of current snapshots by the files in their first folder, as SPDX names; NONE: no such file; NOASSERTION: one that says nothing known';

-- What statistics stand on: the snapshots that count, the production part of them, and intervals.

CREATE VIEW current_snapshot AS
    SELECT s.*
    FROM snapshot s
    WHERE EXISTS (
        SELECT 1
        FROM run_snapshot rs
        JOIN run r ON r.id = rs.run_id
        WHERE rs.snapshot_id = s.id
          AND NOT EXISTS (
              SELECT 1
              FROM run_snapshot newer
              JOIN snapshot ns ON ns.id = newer.snapshot_id
              JOIN run nr ON nr.id = newer.run_id
              WHERE ns.repository_id = s.repository_id AND nr.started_at > r.started_at));
COMMENT ON VIEW current_snapshot IS
    'Snapshots that the latest run that reached their repository was about; statistics count these';

CREATE VIEW current_file AS
    SELECT f.*, b.language, b.byte_count, b.error_bytes, b.is_partial, s.repository_id, s.kind
    FROM file f
    JOIN blob b ON b.id = f.blob_id
    JOIN current_snapshot s ON s.id = f.snapshot_id
    WHERE NOT f.is_test;
COMMENT ON VIEW current_file IS
    'Files of current snapshots without tests, examples, benchmarks and scripts';

CREATE VIEW current_server AS
    SELECT v.*, s.repository_id, s.kind, f.blob_id
    FROM server v
    JOIN current_snapshot s ON s.id = v.snapshot_id
    JOIN module m ON m.id = v.module_id
    JOIN file f ON f.id = m.file_id
    WHERE NOT v.is_test AND NOT f.is_test;
COMMENT ON VIEW current_server IS 'Servers of current snapshots outside test code';

CREATE VIEW current_supervisor AS
    SELECT v.*, s.repository_id, s.kind
    FROM supervisor v
    JOIN current_snapshot s ON s.id = v.snapshot_id
    JOIN file f ON f.id = v.file_id
    WHERE NOT v.is_test AND NOT f.is_test;
COMMENT ON VIEW current_supervisor IS 'Supervisors of current snapshots outside test code';

CREATE VIEW current_finding AS
    SELECT g.*, s.repository_id, s.kind, f.blob_id, b.language
    FROM finding g
    JOIN current_snapshot s ON s.id = g.snapshot_id
    LEFT JOIN file f ON f.id = g.file_id
    LEFT JOIN blob b ON b.id = f.blob_id
    WHERE NOT g.is_suppressed;
COMMENT ON VIEW current_finding IS 'Findings of current snapshots that no comment suppresses';

-- E. B. Wilson, Probable inference, the law of succession, and statistical inference, J. Am. Stat.
-- Assoc. 22 (1927); 95 %. Null where there is nothing to divide by.
CREATE FUNCTION wilson_low(hits bigint, total bigint) RETURNS double precision
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN total > 0 THEN greatest(0,
        (hits::float8 / total + 1.9208 / total
         - 1.96 * sqrt((hits::float8 / total) * (1 - hits::float8 / total) / total
                       + 0.9604 / (total::float8 * total))) / (1 + 3.8416 / total)) END;
COMMENT ON FUNCTION wilson_low IS 'Lower end of the 95 % Wilson interval of hits out of total';

CREATE FUNCTION wilson_high(hits bigint, total bigint) RETURNS double precision
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN total > 0 THEN least(1,
        (hits::float8 / total + 1.9208 / total
         + 1.96 * sqrt((hits::float8 / total) * (1 - hits::float8 / total) / total
                       + 0.9604 / (total::float8 * total))) / (1 + 3.8416 / total)) END;
COMMENT ON FUNCTION wilson_high IS 'Upper end of the 95 % Wilson interval of hits out of total';

CREATE FUNCTION percent(part numeric, total numeric) RETURNS numeric
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN round(100 * part / nullif(total, 0), 2);
COMMENT ON FUNCTION percent IS 'part of total in percent, two decimals; null where total is 0';

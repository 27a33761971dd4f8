-- question: How does the corpus grow from night to night?
-- denominator: none; what was known at the end of each day that had a run
-- unit: one row a day, oldest first
WITH day AS (
    SELECT started_at::date AS day, count(*) AS runs, sum(loaded_count) AS loaded,
           sum(unchanged_count) AS unchanged, sum(failed_count) AS failed,
           round(sum(seconds)::numeric, 1) AS seconds
    FROM run GROUP BY started_at::date
), latest AS (
    SELECT d.day, s.repository_id, s.id AS snapshot_id,
           row_number() OVER (PARTITION BY d.day, s.repository_id
                              ORDER BY r.started_at DESC, s.id) AS place
    FROM day d
    JOIN run r ON r.started_at::date <= d.day
    JOIN run_snapshot rs ON rs.run_id = r.id
    JOIN snapshot s ON s.id = rs.snapshot_id
), files AS (
    SELECT snapshot_id, count(*) AS files, array_agg(blob_id) AS blobs FROM file GROUP BY snapshot_id
), servers AS (
    SELECT snapshot_id, count(*) AS servers FROM server WHERE NOT is_test GROUP BY snapshot_id
), findings AS (
    SELECT snapshot_id, count(*) AS findings FROM finding WHERE NOT is_suppressed
    GROUP BY snapshot_id
)
SELECT to_char(d.day, 'YYYY-MM-DD') AS day, d.runs, d.loaded, d.unchanged, d.failed, d.seconds,
       count(DISTINCT l.repository_id) AS repositories, count(l.snapshot_id) AS snapshots,
       coalesce(sum(f.files), 0)::bigint AS files,
       (SELECT count(DISTINCT b.id) FROM latest x JOIN files y USING (snapshot_id)
        CROSS JOIN LATERAL unnest(y.blobs) AS b (id) WHERE x.day = d.day AND x.place = 1)
           AS distinct_blobs,
       coalesce(sum(v.servers), 0)::bigint AS servers, coalesce(sum(g.findings), 0)::bigint AS findings
FROM day d
LEFT JOIN latest l ON l.day = d.day AND l.place = 1
LEFT JOIN files f ON f.snapshot_id = l.snapshot_id
LEFT JOIN servers v ON v.snapshot_id = l.snapshot_id
LEFT JOIN findings g ON g.snapshot_id = l.snapshot_id
GROUP BY d.day, d.runs, d.loaded, d.unchanged, d.failed, d.seconds
ORDER BY d.day

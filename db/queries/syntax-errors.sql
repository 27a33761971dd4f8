-- question: How much of the source lies inside syntax errors?
-- denominator: bytes of the language, once per distinct blob, tests included
-- unit: one row a language
-- by: project, repository
SELECT
--by {by},
       language, count(*) AS blobs, count(*) FILTER (WHERE error_count > 0) AS blobs_with_errors,
       percent(count(*) FILTER (WHERE error_count > 0), count(*)) AS percent_of_blobs,
       sum(byte_count)::bigint AS bytes, sum(error_bytes)::bigint AS error_bytes,
       round(100 * sum(error_bytes) / nullif(sum(byte_count), 0), 4) AS percent_of_bytes
FROM (
    SELECT DISTINCT
--by {by},
           id, language, byte_count, error_bytes, error_count
    FROM (SELECT b.*, s.kind AS project, r.name AS repository
          FROM blob b
          JOIN file f ON f.blob_id = b.id
          JOIN current_snapshot s ON s.id = f.snapshot_id
          JOIN repository r ON r.id = s.repository_id) AS placed
) AS used
GROUP BY
--by {by},
         language
ORDER BY
--by {by},
         language

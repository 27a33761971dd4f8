-- question: How much of the corpus is the same content in several places?
-- denominator: files of current snapshots outside test code
-- unit: one row a language; a blob is copied when it stands in more than one repository
WITH blobs AS (
    SELECT language, blob_id, count(*) AS files, count(DISTINCT repository_id) AS repositories
    FROM stats.file GROUP BY language, blob_id
)
SELECT language, sum(files)::bigint AS files, count(*) AS distinct_blobs,
       count(*) FILTER (WHERE repositories > 1) AS copied_blobs,
       percent(sum(files) - count(*), sum(files)) AS percent_copies,
       (SELECT count(DISTINCT repository_id) FROM stats.file f WHERE f.language = b.language)
           AS repositories
FROM blobs b
GROUP BY language
ORDER BY language

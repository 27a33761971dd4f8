-- question: How do findings spread over families and levels?
-- denominator: all findings
-- unit: one row a family and level
-- by: language, project, confidence, repository
SELECT
--by {by},
       family, level, count(*) AS findings, count(DISTINCT blob_id) AS distinct_blobs,
       count(DISTINCT repository_id) AS repositories, percent(count(*), sum(count(*)) OVER w) AS percent
FROM stats.finding
GROUP BY
--by {by},
         family, level
WINDOW w AS (
--by PARTITION BY {by}
            )
ORDER BY
--by {by},
         family, findings DESC, level

-- question: How many restarts a minute may each supervisor spend, against the children that share them?
-- denominator: supervisors outside test code whose intensity and period are known
-- unit: one row a language, budget and number of children, 10 and more together
-- by: project, repository
WITH counted AS (
    SELECT v.language, v.project, v.repository, v.repository_id, v.blob_id,
           v.intensity_source,
           round(60.0 * v.intensity / v.period_s, 1) AS restarts_per_minute,
           least(count(c.id), 10) AS children
    FROM stats.supervisor v LEFT JOIN child c ON c.supervisor_id = v.id
    WHERE v.intensity IS NOT NULL AND v.period_s > 0
    GROUP BY v.id, v.language, v.project, v.repository, v.repository_id, v.blob_id,
             v.intensity, v.intensity_source, v.period_s
)
SELECT
--by {by},
       language, children, restarts_per_minute, intensity_source, count(*) AS supervisors,
       count(DISTINCT blob_id) AS distinct_blobs, count(DISTINCT repository_id) AS repositories,
       percent(count(*), sum(count(*)) OVER w) AS percent
FROM counted
GROUP BY
--by {by},
         language, children, restarts_per_minute, intensity_source
WINDOW w AS (PARTITION BY
--by {by},
             language)
ORDER BY
--by {by},
         language, children, supervisors DESC, restarts_per_minute, intensity_source

-- question: How many restarts within what period do supervisors allow, stated or by default?
-- denominator: supervisors of the language outside test code
-- unit: one row a language, intensity and period
-- by: project, repository
SELECT
--by {by},
       language, intensity, intensity_source, period_s, period_source, count(*) AS supervisors,
       count(DISTINCT blob_id) AS distinct_blobs, count(DISTINCT repository_id) AS repositories,
       percent(count(*), sum(count(*)) OVER w) AS percent
FROM stats.supervisor
GROUP BY
--by {by},
         language, intensity, intensity_source, period_s, period_source
WINDOW w AS (PARTITION BY
--by {by},
             language)
ORDER BY
--by {by},
         language, supervisors DESC, intensity, intensity_source, period_s, period_source

-- question: How many restarts within what period do supervisors allow, stated or by default?
-- denominator: supervisors of the language outside test code
-- unit: one row a language, intensity and period
SELECT language, intensity, intensity_source, period_s, period_source, count(*) AS supervisors,
       percent(count(*), sum(count(*)) OVER (PARTITION BY language)) AS percent
FROM current_supervisor
GROUP BY language, intensity, intensity_source, period_s, period_source
ORDER BY language, supervisors DESC, intensity, period_s

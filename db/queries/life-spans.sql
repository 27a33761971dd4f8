-- question: How long do findings live?
-- denominator: findings of the rule on the branches that are followed; one that lives counts with the life it had so far
-- unit: one row a rule; days from the visit that first saw the finding to the one that saw it gone
SELECT rule, count(*) AS findings, count(DISTINCT repository_id) AS repositories,
       count(*) FILTER (WHERE came = 'code') AS came_with_code,
       count(gone_at) AS gone, count(*) FILTER (WHERE went = 'code') AS went_with_code,
       percent(count(gone_at), count(*)) AS percent_gone,
       round((100 * wilson_low(count(gone_at), count(*)))::numeric, 2) AS low,
       round((100 * wilson_high(count(gone_at), count(*)))::numeric, 2) AS high,
       round((percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(
           epoch FROM coalesce(gone_at, last_seen_at) - first_seen_at) / 86400))::numeric, 1)
           AS median_days
FROM finding_life
GROUP BY rule
ORDER BY findings DESC, rule

-- question: What was left out, and why?
-- denominator: files left out
-- unit: one row a reason
SELECT k.reason, count(*) AS files, count(DISTINCT s.repository_id) AS repositories,
       coalesce(sum(k.byte_count), 0)::bigint AS bytes,
       percent(count(*), sum(count(*)) OVER ()) AS percent
FROM skipped_file k JOIN current_snapshot s ON s.id = k.snapshot_id
GROUP BY k.reason
ORDER BY files DESC, k.reason

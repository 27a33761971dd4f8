-- question: How many rows does each table hold?
-- denominator: none; totals over the whole database
-- unit: one row a table
SELECT 'corpus' AS table, count(*) AS rows FROM corpus
UNION ALL SELECT 'repository', count(*) FROM repository
UNION ALL SELECT 'corpus_entry', count(*) FROM corpus_entry
UNION ALL SELECT 'rule', count(*) FROM rule
UNION ALL SELECT 'run', count(*) FROM run
UNION ALL SELECT 'failure', count(*) FROM failure
UNION ALL SELECT 'snapshot', count(*) FROM snapshot
UNION ALL SELECT 'run_snapshot', count(*) FROM run_snapshot
UNION ALL SELECT 'blob', count(*) FROM blob
UNION ALL SELECT 'file', count(*) FROM file
UNION ALL SELECT 'skipped_file', count(*) FROM skipped_file
UNION ALL SELECT 'module', count(*) FROM module
UNION ALL SELECT 'server', count(*) FROM server
UNION ALL SELECT 'clause', count(*) FROM clause
UNION ALL SELECT 'message_edge', count(*) FROM message_edge
UNION ALL SELECT 'receive', count(*) FROM receive
UNION ALL SELECT 'timer', count(*) FROM timer
UNION ALL SELECT 'spawn', count(*) FROM spawn
UNION ALL SELECT 'supervisor', count(*) FROM supervisor
UNION ALL SELECT 'child', count(*) FROM child
UNION ALL SELECT 'protocol_state', count(*) FROM protocol_state
UNION ALL SELECT 'protocol_transition', count(*) FROM protocol_transition
UNION ALL SELECT 'documented_order', count(*) FROM documented_order
UNION ALL SELECT 'unresolved_target', count(*) FROM unresolved_target
UNION ALL SELECT 'finding', count(*) FROM finding
UNION ALL SELECT 'evidence', count(*) FROM evidence
UNION ALL SELECT 'reproduction', count(*) FROM reproduction
UNION ALL SELECT 'reproduction_line', count(*) FROM reproduction_line
UNION ALL SELECT 'reproduction_point', count(*) FROM reproduction_point
UNION ALL SELECT 'audit_sample', count(*) FROM audit_sample
UNION ALL SELECT 'audit_label', count(*) FROM audit_label
ORDER BY 2 DESC, 1

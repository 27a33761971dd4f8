-- question: How did the last runs go, and how does the corpus grow?
-- denominator: repositories of the run's list
-- unit: one row a run, newest first
SELECT to_char(r.started_at, 'YYYY-MM-DD HH24:MI:SS') AS started, c.name AS corpus, r.outcome,
       r.repository_count AS repositories, r.loaded_count AS loaded, r.unchanged_count AS unchanged,
       r.failed_count AS failed, r.parsed_count AS parsed, r.reused_count AS reused,
       round(r.seconds::numeric, 1) AS seconds, round(r.peak_bytes / 1e6, 1) AS peak_mb,
       r.tool_version AS version
FROM run r LEFT JOIN corpus c ON c.id = r.corpus_id
ORDER BY r.started_at DESC
LIMIT 20

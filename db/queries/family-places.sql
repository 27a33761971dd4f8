-- question: Where are the most certain findings of each rule?
-- denominator: none; a list of at most five places a rule
-- unit: one row a finding
WITH placed AS (
    SELECT g.*, row_number() OVER (PARTITION BY g.rule ORDER BY
               array_position(ARRAY['certain', 'likely', 'possible'], g.confidence),
               g.repository, g.path, g.line, g.fingerprint) AS place
    FROM stats.finding g
)
SELECT family, rule, level, confidence, repository, path, line, server, message
FROM placed
WHERE place <= 5
ORDER BY family, rule, place

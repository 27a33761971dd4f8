-- question: At what load do findings tip that load decides?
-- denominator: none; measured points of the findings of each rule whose first line has most points
-- unit: one row a point; y_tip is the value from which it counts as failed, x_tip where that is
WITH shown AS (
    SELECT DISTINCT ON (p.rule) p.rule, p.finding_id, p.told
    FROM current_reproduction p
    JOIN reproduction_line l ON l.finding_id = p.finding_id
    ORDER BY p.rule, (l.x_tip IS NULL), p.fingerprint
)
SELECT s.rule, l.position AS line, l.name, l.is_control, l.x_label, l.y_label, l.x_tip, l.y_tip,
       o.position AS point, o.x, o.y, s.told
FROM shown s
JOIN reproduction_line l ON l.finding_id = s.finding_id
JOIN reproduction_point o ON o.finding_id = l.finding_id AND o.line = l.position
ORDER BY s.rule, l.position, o.position

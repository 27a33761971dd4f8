-- question: How many static children do supervisors have?
-- denominator: supervisors of the language outside test code that are not dynamic
-- unit: one row a language and number of children, 20 and more together
WITH counted AS (
    SELECT v.id, v.language, v.is_complete,
           least(count(c.id) FILTER (WHERE c.kind = 'static'), 20) AS children
    FROM current_supervisor v LEFT JOIN child c ON c.supervisor_id = v.id
    WHERE NOT v.is_dynamic
    GROUP BY v.id, v.language, v.is_complete
)
SELECT language, children, count(*) AS supervisors,
       count(*) FILTER (WHERE NOT is_complete) AS with_computed_children,
       percent(count(*), sum(count(*)) OVER (PARTITION BY language)) AS percent
FROM counted
GROUP BY language, children
ORDER BY language, children

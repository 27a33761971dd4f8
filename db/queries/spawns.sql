-- question: How are processes started outside supervisors?
-- denominator: such places of the language outside test code
-- unit: one row a language and primitive
SELECT f.language, p.kind, p.primitive, p.is_linked, count(*) AS places,
       count(DISTINCT f.repository_id) AS repositories,
       percent(count(*), sum(count(*)) OVER (PARTITION BY f.language)) AS percent
FROM spawn p JOIN current_file f ON f.id = p.file_id
GROUP BY f.language, p.kind, p.primitive, p.is_linked
ORDER BY f.language, places DESC, p.primitive

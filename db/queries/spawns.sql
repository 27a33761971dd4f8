-- question: How are processes started outside supervisors?
-- denominator: such places of the language outside test code
-- unit: one row a language and primitive
-- by: project, repository
SELECT
--by {by},
       language, kind, primitive, is_linked, count(*) AS places,
       count(DISTINCT blob_id) AS distinct_blobs, count(DISTINCT repository_id) AS repositories,
       percent(count(*), sum(count(*)) OVER w) AS percent
FROM (SELECT p.kind, p.primitive, p.is_linked, f.language, f.project, f.repository, f.repository_id,
             f.blob_id FROM spawn p JOIN stats.file f ON f.id = p.file_id) AS place
GROUP BY
--by {by},
         language, kind, primitive, is_linked
WINDOW w AS (PARTITION BY
--by {by},
             language)
ORDER BY
--by {by},
         language, places DESC, primitive, is_linked

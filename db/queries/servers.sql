-- question: What kinds of servers are there, by language?
-- denominator: servers of the language, outside test code
-- unit: one row a language and behaviour
SELECT language, behaviour, count(*) AS servers, count(DISTINCT blob_id) AS distinct_blobs,
       count(DISTINCT repository_id) AS repositories,
       percent(count(*), sum(count(*)) OVER (PARTITION BY language)) AS percent
FROM current_server
GROUP BY language, behaviour
ORDER BY language, servers DESC, behaviour

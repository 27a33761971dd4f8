-- question: How many processes of a server may there be, and is it registered by name?
-- denominator: servers of the language, outside test code
-- unit: one row a language, number of instances and identity
SELECT language, instances, identity, count(*) AS servers,
       percent(count(*), sum(count(*)) OVER (PARTITION BY language)) AS percent
FROM current_server
GROUP BY language, instances, identity
ORDER BY language, servers DESC, instances, identity

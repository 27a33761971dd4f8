-- question: How many servers trap exits, by behaviour?
-- denominator: servers of the behaviour, outside test code
-- unit: one row a behaviour
-- parameter: language; elixir or erlang
SELECT behaviour, count(*) AS servers, count(*) FILTER (WHERE traps_exit) AS trapping,
       percent(count(*) FILTER (WHERE traps_exit), count(*)) AS percent
FROM current_server
WHERE $1::text IS NULL OR language = $1
GROUP BY behaviour
ORDER BY servers DESC, behaviour

-- question: How many servers trap exits, by behaviour?
-- denominator: servers of the behaviour, outside test code
-- unit: one row a behaviour
-- by: language, project, repository
-- parameter: language; elixir or erlang
SELECT
--by {by},
       behaviour, count(*) AS servers, count(*) FILTER (WHERE traps_exit) AS trapping,
       percent(count(*) FILTER (WHERE traps_exit), count(*)) AS percent,
       round((100 * wilson_low(count(*) FILTER (WHERE traps_exit), count(*)))::numeric, 2) AS low,
       round((100 * wilson_high(count(*) FILTER (WHERE traps_exit), count(*)))::numeric, 2) AS high,
       count(DISTINCT blob_id) AS distinct_blobs, count(DISTINCT repository_id) AS repositories
FROM stats.server
WHERE $1::text IS NULL OR language = $1
GROUP BY
--by {by},
         behaviour
ORDER BY
--by {by},
         servers DESC, behaviour

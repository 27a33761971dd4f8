-- question: How many rows does each table hold?
-- denominator: none; totals over the whole database
-- unit: one row a table
SELECT relname::text AS table,
       (xpath('/row/n/text()', query_to_xml(format('SELECT count(*) AS n FROM public.%I', relname),
                                            false, true, '')))[1]::text::bigint AS rows
FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname <> 'lode_migration'
ORDER BY rows DESC, relname

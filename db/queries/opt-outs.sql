-- question: Who asked not to be mined, and since when?
-- denominator: none; a list
-- unit: one row a repository or owner
SELECT url, to_char(since, 'YYYY-MM-DD') AS since, reason FROM opt_out ORDER BY url

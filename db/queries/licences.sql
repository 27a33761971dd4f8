-- question: Under which licences are the repositories?
-- denominator: current snapshots
-- unit: one row a licence by SPDX name, from the licence files in the first folder; NONE: there is no such file; NOASSERTION: it says nothing known
SELECT spdx, count(*) AS repositories, percent(count(*), sum(count(*)) OVER ()) AS percent
FROM current_licence
GROUP BY spdx
ORDER BY repositories DESC, spdx

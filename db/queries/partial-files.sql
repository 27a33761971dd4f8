-- question: Which files were analysed only in part?
-- denominator: none; a list
-- unit: one row a file
SELECT r.name AS repository, f.path, b.language, b.error_count, b.error_bytes, b.byte_count
FROM file f
JOIN blob b ON b.id = f.blob_id
JOIN current_snapshot s ON s.id = f.snapshot_id
JOIN repository r ON r.id = s.repository_id
WHERE b.is_partial
ORDER BY b.error_bytes DESC, r.name, f.path
LIMIT 200

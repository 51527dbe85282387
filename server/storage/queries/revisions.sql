-- name: of_note
-- Signed notes that supersede this one, in the order in which they came.
SELECT r.*, d.id AS device_id, c.raw FROM record r
JOIN device d ON d.key = r.device
LEFT JOIN change c ON r.fields IS NULL AND c.org = r.org AND c.seq = r.created
WHERE r.org = :org AND r.supersedes = :doc AND r.type = 'note' AND r.state = 'signed'
ORDER BY r.created;

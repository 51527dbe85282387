-- name: open
SELECT q.id, q.n, q.seq, q.at, q.why, d.id AS device, d.person, c.kind, c.doc, c.code, r.type, r.participant,
  length(q.raw) AS size_bytes
FROM quarantine q
JOIN device d ON d.key = q.device
LEFT JOIN change c ON c.org = q.org AND c.seq = q.seq
LEFT JOIN record r ON r.org = q.org AND r.doc = c.doc
WHERE q.org = :org AND q.settled_at IS NULL
ORDER BY q.seq LIMIT :limit;

-- name: by_id
SELECT q.id, q.n, q.seq, q.at, q.why, q.raw, q.settled_at, q.settled_by, q.reason, d.id AS device, d.person,
  c.kind, c.doc, c.code, r.type, r.participant
FROM quarantine q
JOIN device d ON d.key = q.device
LEFT JOIN change c ON c.org = q.org AND c.seq = q.seq
LEFT JOIN record r ON r.org = q.org AND r.doc = c.doc
WHERE q.org = :org AND q.id = :id;

-- name: settle
UPDATE quarantine SET settled_at = :now, settled_by = :by, reason = :reason
WHERE org = :org AND id = :id AND settled_at IS NULL;

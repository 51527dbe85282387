-- The loop at the office: notes to review, returned and waiting, and who supports whom for how long.

-- name: queue
-- Signed, not co-signed, not waiting for its author, and not superseded by a signed note; the oldest first.
SELECT r.doc, r.participant, r.site, r.author, r.contact_kind, r.started_at, r.ended_at, r.captured, r.signed_at, r.flag,
  COALESCE(r.fields, json_extract(CAST(c.raw AS TEXT), '$.set')) AS fields_json
FROM record r INDEXED BY note_not_cosigned
LEFT JOIN change c ON r.fields IS NULL AND c.org = r.org AND c.seq = r.created
WHERE r.org = :org AND r.cosigned IS NULL AND r.state = 'signed' AND r.signed_at >= :since AND r.waits_since IS NULL
  AND NOT EXISTS (SELECT 1 FROM record s WHERE s.org = :org AND s.supersedes = r.doc AND s.state = 'signed')
ORDER BY r.signed_at LIMIT :limit;

-- name: returned
-- Returned, and neither answered nor superseded; the longest wait first.
SELECT r.doc, r.participant, r.site, r.author, r.waits_since AS since
FROM record r INDEXED BY note_returned
WHERE r.org = :org AND r.waits_since IS NOT NULL AND r.state = 'signed'
  AND NOT EXISTS (SELECT 1 FROM record s WHERE s.org = :org AND s.supersedes = r.doc AND s.state = 'signed')
ORDER BY r.waits_since LIMIT :limit;

-- name: provisional
SELECT doc FROM record_fields
WHERE org = :org AND bucket = 'org' AND type = 'member' AND state <> 'void'
  AND json_extract(fields_json, '$.is_provisional') = 1;

-- name: assignments
SELECT doc, bucket, author, json_extract(fields_json, '$.specialist') AS specialist,
  json_extract(fields_json, '$.participant') AS participant,
  COALESCE(json_extract(fields_json, '$.until'), '') AS until
FROM record_fields
WHERE org = :org AND type = 'assignment' AND state = 'open';

-- name: tasks
SELECT t.doc, t.author, t.received, t.fields_json
FROM record_fields t
WHERE t.org = :org AND t.type = 'task' AND t.state = 'open'
ORDER BY t.received DESC LIMIT :limit;

-- name: organisations
SELECT id AS org FROM organisation ORDER BY id;

-- The two statements by position run once for every note.

-- name: insert
INSERT INTO record (
  org, doc, type, bucket, seq, author, device, state, captured, received, created, fields, versions, signed, addenda,
  kept, day, site, contact_kind, started_at, ended_at, signed_at, support, flag, about, returned, cosigned, flag_closed,
  supersedes, waits_since, ends_on
) VALUES (
  ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24, ?25,
  ?26, ?27, ?28, ?29, ?30, ?31
);

-- name: update
UPDATE record SET
  bucket = ?4, seq = ?5, state = ?8, fields = ?12, versions = ?13, signed = ?14, addenda = ?15, kept = ?16, day = ?17,
  site = ?18, contact_kind = ?19, started_at = ?20, ended_at = ?21, signed_at = ?22, support = ?23, flag = ?24,
  about = ?25, returned = ?26, cosigned = ?27, flag_closed = ?28, supersedes = ?29, waits_since = ?30,
  ends_on = ?31
WHERE org = ?1 AND doc = ?2;

-- name: by_doc
SELECT r.*, d.id AS device_id, c.raw FROM record r
JOIN device d ON d.key = r.device
LEFT JOIN change c ON r.fields IS NULL AND c.org = r.org AND c.seq = r.created
WHERE r.org = :org AND r.doc = :doc;

-- name: by_docs
SELECT r.*, d.id AS device_id, c.raw FROM json_each(:docs) j
CROSS JOIN record r ON r.org = :org AND r.doc = j.value
JOIN device d ON d.key = r.device
LEFT JOIN change c ON r.fields IS NULL AND c.org = r.org AND c.seq = r.created;

-- name: seqs
SELECT r.doc, r.seq FROM json_each(:docs) j CROSS JOIN record r ON r.org = :org AND r.doc = j.value;

-- name: revised
-- Of these notes, the ones that a signed note supersedes.
SELECT r.supersedes AS doc FROM json_each(:docs) j
CROSS JOIN record r ON r.org = :org AND r.supersedes = j.value
WHERE r.state = 'signed';

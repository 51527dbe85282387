-- name: chosen
SELECT r.doc, r.participant, r.day FROM record r INDEXED BY note_activity
WHERE r.org = :org AND r.day IS NOT NULL AND r.day BETWEEN :first AND :last AND r.state = 'signed'
  AND (:site = '' OR r.site = :site) AND (:bucket = '' OR r.bucket = :bucket)
ORDER BY r.day, r.started_at, r.doc LIMIT :limit;

-- name: consents
SELECT bucket, fields_json FROM record_fields
WHERE org = :org AND type = 'consent' AND state <> 'void' AND bucket IN (SELECT value FROM json_each(:buckets));

-- name: people
SELECT doc, json_extract(fields_json, '$.name') AS name, COALESCE(json_extract(fields_json, '$.code'), '') AS code,
  json_extract(fields_json, '$.goals') AS goals
FROM record_fields WHERE org = :org AND type = 'participant' AND doc IN (SELECT value FROM json_each(:docs));

-- name: everybody
SELECT doc, json_extract(fields_json, '$.name') AS name FROM record_fields
WHERE org = :org AND type = 'participant' AND state <> 'void';

-- name: superseded
SELECT json_extract(fields_json, '$.supersedes') AS doc FROM record_fields
WHERE org = :org AND type = 'note' AND state <> 'void' AND bucket IN (SELECT value FROM json_each(:buckets))
  AND json_extract(fields_json, '$.supersedes') IS NOT NULL;

-- name: add
INSERT INTO disclosure
  (id, org, at, by_person, recipient, purpose, basis, reference, format, notes, left_out, first_day, last_day, hash)
VALUES
  (:id, :org, :at, :by_person, :recipient, :purpose, :basis, :reference, :format, :notes, :left_out, :first_day,
   :last_day, :hash);

-- name: add_person
INSERT INTO disclosure_person (org, participant, disclosure, notes) VALUES (:org, :participant, :disclosure, :notes);

-- name: listed
SELECT d.id, d.at, d.by_person, d.recipient, d.purpose, d.basis, d.reference, d.format, d.notes, d.left_out,
  d.first_day, d.last_day, d.hash, (SELECT count(*) FROM disclosure_person p WHERE p.org = d.org AND p.disclosure = d.id)
  AS people
FROM disclosure d WHERE d.org = :org AND (d.at < :before_at OR d.at = :before_at AND d.id < :before_id)
ORDER BY d.at DESC, d.id DESC LIMIT :limit;

-- name: listed_of
SELECT d.id, d.at, d.by_person, d.recipient, d.purpose, d.basis, d.reference, d.format, p.notes, d.left_out,
  d.first_day, d.last_day, d.hash, 1 AS people
FROM disclosure_person p JOIN disclosure d ON d.org = p.org AND d.id = p.disclosure
WHERE p.org = :org AND p.participant = :participant AND (d.at < :before_at OR d.at = :before_at AND d.id < :before_id)
ORDER BY d.at DESC, d.id DESC LIMIT :limit;

-- name: notes
-- The create's bytes as they are: taking the fields out of them here would cost twice as much as there. By person first:
-- the planner would rather walk every note of the organisation by its day, once for each asker.
SELECT r.doc, r.author, r.day, r.bucket, r.fields, c.raw
FROM record r INDEXED BY record_feed LEFT JOIN change c ON r.fields IS NULL AND c.org = r.org AND c.seq = r.created
WHERE r.org = :org AND r.bucket IN (SELECT value FROM json_each(:buckets)) AND r.type = 'note' AND r.state <> 'void'
  AND r.day >= :first
ORDER BY r.started_at, r.doc;

-- name: buckets
SELECT DISTINCT bucket FROM record INDEXED BY note_activity WHERE org = :org AND day IS NOT NULL;

-- name: touched
SELECT DISTINCT r.type, r.bucket
FROM change c JOIN record r ON r.org = c.org AND r.doc = c.doc
WHERE c.org = :org AND c.seq > :seq AND c.outcome IN ('applied', 'merged')
  AND r.type IN ('note', 'session', 'site', 'member')
LIMIT :limit;

-- name: sites
SELECT doc, COALESCE(json_extract(fields_json, '$.is_billable'), 1) AS is_paid FROM record_fields
WHERE org = :org AND bucket = 'org' AND type = 'site';

-- name: volunteers
SELECT doc FROM record_fields
WHERE org = :org AND bucket = 'org' AND type = 'member' AND json_extract(fields_json, '$.is_volunteer') = 1;

-- name: sizes
SELECT doc, COALESCE(json_array_length(fields_json, '$.notes'), 0) + COALESCE(json_extract(fields_json, '$.headcount'), 0)
  AS people
FROM record_fields WHERE org = :org AND type = 'session';

-- name: notes
SELECT doc, author, day, fields_json FROM record_fields
WHERE org = :org AND bucket = :bucket AND type = 'note' AND state <> 'void' AND day >= :first
ORDER BY started_at, doc;

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

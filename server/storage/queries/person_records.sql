-- name: of_person
SELECT r.doc, r.author, r.captured, r.fields_json FROM record_fields r
WHERE r.org = :org AND r.bucket = 'p:' || :participant AND r.type = :type AND r.state <> 'void'
ORDER BY r.captured DESC, r.doc LIMIT :limit;

-- name: one
SELECT r.doc, r.author, r.captured, r.fields_json FROM record_fields r
WHERE r.org = :org AND r.doc = :doc AND r.type = :type AND r.state <> 'void';

-- name: consents_ending
SELECT r.doc, r.author, r.captured, r.fields_json FROM record_fields r
WHERE r.org = :org AND r.type = 'consent' AND r.state <> 'void'
  AND json_extract(r.fields_json, '$.expires_on') BETWEEN :today AND :until
  AND json_extract(r.fields_json, '$.revoked_on') IS NULL
ORDER BY json_extract(r.fields_json, '$.expires_on'), r.doc LIMIT :limit;

-- name: of_person
SELECT r.doc, r.author, r.captured, r.fields_json FROM record_fields r
WHERE r.org = :org AND r.bucket = 'p:' || :participant AND r.type = :type AND r.state <> 'void'
ORDER BY r.captured DESC, r.doc LIMIT :limit;

-- name: one
SELECT r.doc, r.author, r.captured, r.fields_json FROM record_fields r
WHERE r.org = :org AND r.doc = :doc AND r.type = :type AND r.state <> 'void';

-- name: consents_ending
SELECT r.doc, r.author, r.captured, r.fields_json FROM record_fields r
WHERE r.org = :org AND r.type = 'consent' AND r.state <> 'void' AND r.ends_on BETWEEN :today AND :until
ORDER BY r.ends_on, r.doc LIMIT :limit;

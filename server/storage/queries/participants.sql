-- name: page
SELECT doc, fields_json FROM record_fields
WHERE org = :org AND type = 'participant' AND state <> 'void'
  AND (:search = '' OR json_extract(fields_json, '$.name') LIKE :search ESCAPE '\'
       OR json_extract(fields_json, '$.code') LIKE :search ESCAPE '\')
ORDER BY COALESCE(json_extract(fields_json, '$.status'), 'active'), json_extract(fields_json, '$.name'), doc
LIMIT :limit OFFSET :offset;

-- name: one
SELECT doc, fields_json FROM record_fields
WHERE org = :org AND doc = :doc AND type = 'participant' AND state <> 'void';

-- name: codes
SELECT doc, json_extract(fields_json, '$.code') AS code FROM record_fields
WHERE org = :org AND type = 'participant' AND state <> 'void' AND json_extract(fields_json, '$.code') <> '';

-- name: supporters
SELECT DISTINCT c.bucket, c.specialist, COALESCE(a.name, '') AS name
FROM json_each(:buckets) j
JOIN caseload c ON c.org = :org AND c.bucket = j.value AND c.to_seq IS NULL
LEFT JOIN account a ON a.org = c.org AND a.person = c.specialist
ORDER BY c.bucket, name, c.specialist;

-- name: assignments
SELECT DISTINCT r.doc, r.bucket, c.specialist, COALESCE(a.name, '') AS name
FROM caseload c
JOIN record_fields r ON r.org = c.org AND r.bucket = 'me:' || c.specialist AND r.type = 'assignment'
  AND r.state <> 'void' AND json_extract(r.fields_json, '$.participant') = :participant
LEFT JOIN account a ON a.org = c.org AND a.person = c.specialist
WHERE c.org = :org AND c.bucket = 'p:' || :participant AND c.to_seq IS NULL
ORDER BY name, r.doc;

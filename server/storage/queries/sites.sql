-- name: page
SELECT doc, fields_json FROM record_fields
WHERE org = :org AND bucket = 'org' AND type = 'site' AND state <> 'void'
ORDER BY COALESCE(json_extract(fields_json, '$.is_open'), 1) DESC, json_extract(fields_json, '$.name'), doc
LIMIT :limit OFFSET :offset;

-- name: one
SELECT doc, fields_json FROM record_fields
WHERE org = :org AND doc = :doc AND type = 'site' AND state <> 'void';

-- name: with_an_end
SELECT doc, fields_json FROM record_fields
WHERE org = :org AND type = 'credential' AND state = 'open' AND ends_on IS NOT NULL
ORDER BY ends_on, doc LIMIT :limit;

-- name: of_specialist
SELECT doc, fields_json FROM record_fields
WHERE org = :org AND bucket = :bucket AND type = 'credential' AND state = 'open'
ORDER BY json_extract(fields_json, '$.sort'), json_extract(fields_json, '$.name'), doc LIMIT :limit;

-- name: fields
SELECT doc, fields_json FROM record_fields
WHERE org = :org AND bucket = 'org' AND type = 'organisation' AND state <> 'void' ORDER BY seq LIMIT 1;

-- name: lease
SELECT fields_json ->> '$.lease_days' AS days FROM record_fields
WHERE org = :org AND type = 'organisation' AND state <> 'void' ORDER BY seq LIMIT 1;

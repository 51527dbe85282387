-- The directory of resources, instruments, referrals and check-ins.

-- name: resources
SELECT doc, fields_json FROM record_fields
WHERE org = :org AND bucket = 'directory' AND type = 'resource' AND state <> 'void'
  AND (:search = '' OR json_extract(fields_json, '$.name') LIKE :search ESCAPE '\'
    OR json_extract(fields_json, '$.address') LIKE :search ESCAPE '\')
ORDER BY COALESCE(json_extract(fields_json, '$.is_open'), 1) DESC, json_extract(fields_json, '$.name') COLLATE NOCASE, doc
LIMIT :limit OFFSET :offset;

-- name: resource
SELECT doc, fields_json FROM record_fields
WHERE org = :org AND doc = :doc AND type = 'resource' AND state <> 'void';

-- name: instruments
SELECT doc, fields_json FROM record_fields
WHERE org = :org AND bucket = 'org' AND type = 'instrument' AND state <> 'void'
ORDER BY json_extract(fields_json, '$.key'), json_extract(fields_json, '$.version');

-- name: referrals
SELECT doc, author, captured, fields_json FROM record_fields
WHERE org = :org AND type = 'referral' AND state <> 'void';

-- name: checkins
SELECT doc, fields_json FROM record_fields
WHERE org = :org AND type = 'checkin' AND state <> 'void';

-- name: administrator
SELECT person FROM account WHERE org = :org AND role = 'administrator' AND is_active = 1 ORDER BY created_at, person LIMIT 1;

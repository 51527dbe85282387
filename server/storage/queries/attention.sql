-- name: open_flags
SELECT doc, participant, site, author, started_at, ended_at, json_extract(fields_json, '$.flags') AS flags
FROM record_fields
WHERE org = :org AND flag = 1 AND flag > 0 AND state <> 'void'
ORDER BY started_at DESC LIMIT :limit;

-- name: drafts_before
SELECT doc, participant, site, author, COALESCE(started_at, captured) AS started_at
FROM record
WHERE org = :org AND type = 'draft' AND state = 'open' AND COALESCE(started_at, captured) < :before
ORDER BY 5 LIMIT :limit;

-- name: returned
SELECT r.doc, r.author, r.received, json_extract(r.fields_json, '$.code') AS code,
  json_extract(r.fields_json, '$.about') AS about, a.type AS about_type, a.participant
FROM record_fields r
LEFT JOIN record a ON a.org = r.org AND a.doc = json_extract(r.fields_json, '$.about')
WHERE r.org = :org AND r.type = 'returned' AND r.state = 'open'
ORDER BY r.received DESC LIMIT :limit;

-- name: conflicts
SELECT c.doc, c.field, c.by_person, min(c.at) AS at, count(*) AS n, r.type, r.participant, r.author
FROM conflict c JOIN record r ON r.org = c.org AND r.doc = c.doc
WHERE c.org = :org AND c.settled_seq IS NULL
GROUP BY c.doc, c.field
ORDER BY at LIMIT :limit;

-- name: quarantined
SELECT q.id, q.at, d.person FROM quarantine q JOIN device d ON d.key = q.device
WHERE q.org = :org
ORDER BY q.seq DESC LIMIT :limit;

-- name: specialists_of
SELECT bucket, specialist FROM caseload
WHERE org = :org AND to_seq IS NULL AND bucket IN (SELECT value FROM json_each(:buckets));

-- name: sites
SELECT doc, json_extract(fields_json, '$.name') AS name, json_extract(fields_json, '$.is_billable') AS is_billable
FROM record_fields WHERE org = :org AND bucket = 'org' AND type = 'site';

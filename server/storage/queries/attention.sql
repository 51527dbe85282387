-- name: open_flags
SELECT doc, participant, site, author, started_at, ended_at, json_extract(fields_json, '$.flags') AS flags
FROM record_fields
WHERE org = :org AND flag = 1 AND flag > 0 AND state <> 'void'
ORDER BY started_at DESC LIMIT :limit;

-- name: drafts_before
-- Of notes alone: a plan or a consent that is not finished is nobody's lateness. A note of a crisis may be due sooner.
SELECT doc, participant, site, author, COALESCE(started_at, captured) AS started_at
FROM record_fields
WHERE org = :org AND type = 'draft' AND state = 'open' AND (COALESCE(started_at, captured) < :before
  OR COALESCE(started_at, captured) < :crisis_before AND fields_json ->> '$.form' LIKE 'crisis@%')
  AND json_extract(fields_json, '$.form') NOT IN ('consent@1', 'plan@1', 'goal@1', 'keepwell@1')
ORDER BY 5 LIMIT :limit;

-- name: returned
SELECT r.doc, r.author, r.received, json_extract(r.fields_json, '$.code') AS code,
  json_extract(r.fields_json, '$.about') AS about, a.type AS about_type, a.participant
FROM record_fields r
LEFT JOIN record a ON a.org = r.org AND a.doc = json_extract(r.fields_json, '$.about')
WHERE r.org = :org AND r.type = 'returned' AND r.state = 'open'
ORDER BY r.received DESC LIMIT :limit;

-- name: conflicts
-- A draft is its author's alone, and so are a person's own pages. A participant's own words stand in its own bucket, so `participant` names it too.
SELECT c.doc, json_group_array(DISTINCT c.field) AS fields, json_group_array(DISTINCT c.by_person) AS people,
  min(c.at) AS at, count(*) AS n, r.type, r.participant, COALESCE(r.fields ->> '$.name', '') AS name,
  COALESCE(r.fields ->> '$.form', '') AS form
FROM conflict c JOIN record r ON r.org = c.org AND r.doc = c.doc
WHERE c.org = :org AND c.settled_seq IS NULL AND r.kept IS NOT NULL AND r.type NOT IN ('draft', 'keepwell')
GROUP BY c.doc
ORDER BY at LIMIT :limit;

-- name: specialists_of
SELECT bucket, specialist FROM caseload
WHERE org = :org AND to_seq IS NULL AND bucket IN (SELECT value FROM json_each(:buckets));

-- name: held_by_anybody
SELECT DISTINCT bucket FROM caseload WHERE org = :org AND to_seq IS NULL;

-- name: sites
SELECT doc, json_extract(fields_json, '$.name') AS name, json_extract(fields_json, '$.is_billable') AS is_billable
FROM record_fields WHERE org = :org AND bucket = 'org' AND type = 'site';

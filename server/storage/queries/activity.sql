-- name: groups
SELECT day, site, contact_kind, count(*) AS notes,
  count(CASE WHEN signed_at - ended_at > :due_ms THEN 1 END) AS late, sum(ended_at - started_at) / 60000 AS minutes,
  sum(support & 1) AS emotional, sum(support >> 1 & 1) AS informational,
  sum(support >> 2 & 1) AS instrumental, sum(support >> 3 & 1) AS affiliational
FROM record INDEXED BY note_activity
WHERE org = :org AND day IS NOT NULL AND day BETWEEN :first AND :last AND state <> 'void'
GROUP BY day, site, contact_kind;

-- name: last_seen
SELECT bucket, max(started_at) AS at FROM record INDEXED BY note_activity
WHERE org = :org AND day IS NOT NULL AND state <> 'void'
GROUP BY bucket;

-- name: last_seen_of
SELECT bucket, max(started_at) AS at FROM record
WHERE org = :org AND bucket IN (SELECT value FROM json_each(:buckets)) AND type = 'note' AND state <> 'void'
GROUP BY bucket;

-- name: people
SELECT doc, bucket, received, json_extract(fields_json, '$.name') AS name, json_extract(fields_json, '$.site') AS site,
  state = 'open' AND COALESCE(json_extract(fields_json, '$.status'), 'active') <> 'closed' AS is_active
FROM record_fields WHERE org = :org AND type = 'participant';

-- name: people_of
SELECT doc, bucket, received, json_extract(fields_json, '$.name') AS name, json_extract(fields_json, '$.site') AS site,
  state = 'open' AND COALESCE(json_extract(fields_json, '$.status'), 'active') <> 'closed' AS is_active
FROM record_fields WHERE org = :org AND doc IN (SELECT value FROM json_each(:docs)) AND type = 'participant';

-- name: changed
SELECT c.kind, r.doc, r.type, r.day, r.bucket
FROM change c JOIN record r ON r.org = c.org AND r.doc = c.doc
WHERE c.org = :org AND c.seq > :seq AND c.outcome IN ('applied', 'merged') AND r.type IN ('note', 'participant')
LIMIT :limit;

-- name: head
SELECT head FROM org_head WHERE org = :org;

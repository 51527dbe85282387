-- `cursors` is a JSON list of [bucket, since]. A doc that left a bucket stands in `gone` instead of `record`.

-- name: held
WITH bucket (name, place, granted) AS (
  VALUES ('org', 0, 0), ('me:' || :person, 1, 0)
  UNION ALL
  SELECT * FROM (
    SELECT bucket, 2, from_seq FROM caseload WHERE org = :org AND specialist = :person AND to_seq IS NULL
    ORDER BY from_seq DESC, bucket LIMIT :limit
  )
), cursor (name, since) AS MATERIALIZED (SELECT key, value FROM json_each(:since))
SELECT b.name AS bucket, COALESCE(c.since, 0) AS since,
  (SELECT count(*) FROM record r WHERE r.org = :org AND r.bucket = b.name AND r.seq > COALESCE(c.since, 0))
  + (SELECT count(*) FROM gone g WHERE g.org = :org AND g.bucket = b.name AND g.seq > COALESCE(c.since, 0)) AS rows
FROM bucket b LEFT JOIN cursor c ON c.name = b.name ORDER BY b.place, b.granted DESC, b.name;

-- name: whole
SELECT r.bucket, r.doc, r.type, r.seq, r.author, r.state, r.captured, r.received, r.created, r.fields, r.signed,
  r.addenda, r.kept, c.raw, NULL AS why
FROM json_each(:cursors) j
CROSS JOIN record r ON r.org = :org AND r.bucket = j.value ->> 0 AND r.seq > j.value ->> 1
LEFT JOIN change c ON r.fields IS NULL AND c.org = r.org AND c.seq = r.created
UNION ALL
SELECT g.bucket, g.doc, g.type, g.seq, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, g.why
FROM json_each(:cursors) j
CROSS JOIN gone g ON g.org = :org AND g.bucket = j.value ->> 0 AND g.seq > j.value ->> 1;

-- name: part
SELECT * FROM (
  SELECT r.bucket, r.doc, r.type, r.seq, r.author, r.state, r.captured, r.received, r.created, r.fields, r.signed,
    r.addenda, r.kept, c.raw, NULL AS why
  FROM record r LEFT JOIN change c ON r.fields IS NULL AND c.org = r.org AND c.seq = r.created
  WHERE r.org = :org AND r.bucket = :bucket AND r.seq > :since ORDER BY r.seq LIMIT :limit
)
UNION ALL
SELECT * FROM (
  SELECT g.bucket, g.doc, g.type, g.seq, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, g.why
  FROM gone g WHERE g.org = :org AND g.bucket = :bucket AND g.seq > :since ORDER BY g.seq LIMIT :limit
)
ORDER BY seq LIMIT :limit;

-- name: digest
SELECT r.bucket, r.doc, r.seq FROM json_each(:buckets) j
CROSS JOIN record r ON r.org = :org AND r.bucket = j.value ORDER BY r.bucket, r.doc;

-- `cursors` is a JSON object of bucket to since. A doc that left a bucket stands in `gone` instead of `record`.

-- name: waiting
SELECT j.key AS bucket,
  (SELECT count(*) FROM record r WHERE r.org = :org AND r.bucket = j.key AND r.seq > j.value)
  + (SELECT count(*) FROM gone g WHERE g.org = :org AND g.bucket = j.key AND g.seq > j.value) AS rows
FROM json_each(:cursors) j;

-- name: whole
SELECT r.bucket, r.doc, r.type, r.seq, r.author, r.state, r.captured, r.received, r.created, r.fields, r.signed,
  r.addenda, r.kept, r.returned, r.cosigned, r.flag_closed, c.raw, NULL AS why
FROM json_each(:cursors) j
CROSS JOIN record r ON r.org = :org AND r.bucket = j.key AND r.seq > j.value
LEFT JOIN change c ON r.fields IS NULL AND c.org = r.org AND c.seq = r.created
UNION ALL
SELECT g.bucket, g.doc, g.type, g.seq, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
  g.why
FROM json_each(:cursors) j
CROSS JOIN gone g ON g.org = :org AND g.bucket = j.key AND g.seq > j.value;

-- name: part
SELECT * FROM (
  SELECT r.bucket, r.doc, r.type, r.seq, r.author, r.state, r.captured, r.received, r.created, r.fields, r.signed,
    r.addenda, r.kept, r.returned, r.cosigned, r.flag_closed, c.raw, NULL AS why
  FROM record r LEFT JOIN change c ON r.fields IS NULL AND c.org = r.org AND c.seq = r.created
  WHERE r.org = :org AND r.bucket = :bucket AND r.seq > :since ORDER BY r.seq LIMIT :limit
)
UNION ALL
SELECT * FROM (
  SELECT g.bucket, g.doc, g.type, g.seq, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
  g.why
  FROM gone g WHERE g.org = :org AND g.bucket = :bucket AND g.seq > :since ORDER BY g.seq LIMIT :limit
)
ORDER BY seq LIMIT :limit;

-- name: digest
-- What its owner has put away is gone from the phone too.
SELECT r.bucket, r.doc, r.seq FROM json_each(:buckets) j
CROSS JOIN record r ON r.org = :org AND r.bucket = j.value
WHERE r.state <> 'void' OR r.type NOT IN ('draft', 'assignment', 'returned', 'keepwell', 'keepwell_copy')
ORDER BY r.bucket, r.doc;

-- name: newest
-- The newest contact among the records that changed last; a few say enough.
SELECT j.value AS bucket, max(r.seq) AS seq, max(r.started_at) AS started_at FROM json_each(:buckets) j
LEFT JOIN record r ON r.org = :org AND r.bucket = j.value AND r.seq IN (
  SELECT n.seq FROM record n WHERE n.org = :org AND n.bucket = j.value ORDER BY n.seq DESC LIMIT 3
)
GROUP BY j.value;

-- name: floors
SELECT j.key AS bucket, f.floor,
  (SELECT count(*) FROM record r WHERE r.org = :org AND r.bucket = j.key AND r.seq <= f.floor) AS under
FROM json_each(:cursors) j
CROSS JOIN bucket_floor f ON f.org = :org AND f.bucket = j.key AND f.floor > j.value;

-- name: has_rows
SELECT 1 AS has FROM record WHERE org = :org AND bucket = :bucket LIMIT 1;

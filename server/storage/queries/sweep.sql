-- name: old_heads
-- Position of each organisation's newest change before an instant.
SELECT o.id AS org, COALESCE((
  SELECT c.seq FROM change c WHERE c.org = o.id AND c.at < :before ORDER BY c.seq DESC LIMIT 1
), 0) AS seq FROM organisation o;

-- name: old_traces
SELECT bucket, seq FROM gone WHERE org = :org AND seq <= :seq ORDER BY bucket, seq;

-- name: under
-- Rows below which a bucket may not be cut: few and small enough for one answer.
SELECT r.seq, length(COALESCE(r.fields, c.raw)) AS size_bytes FROM record r
LEFT JOIN change c ON r.fields IS NULL AND c.org = r.org AND c.seq = r.created
WHERE r.org = :org AND r.bucket = :bucket AND r.seq <= :seq ORDER BY r.seq LIMIT :limit;

-- name: raise_floor
INSERT INTO bucket_floor (org, bucket, floor) VALUES (:org, :bucket, :floor)
ON CONFLICT (org, bucket) DO UPDATE SET floor = max(floor, excluded.floor);

-- name: remove
DELETE FROM gone WHERE org = :org AND bucket = :bucket AND seq <= :floor;

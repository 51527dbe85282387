-- name: spans
SELECT c.org, c.specialist, c.bucket, c.from_seq, c.to_seq FROM json_each(:askers) j
CROSS JOIN caseload c ON c.org = j.value ->> 0 AND c.specialist = j.value ->> 1
ORDER BY c.from_seq;

-- name: held
SELECT bucket FROM caseload WHERE org = :org AND specialist = :specialist AND to_seq IS NULL
ORDER BY from_seq DESC, bucket LIMIT :limit;

-- name: grant
INSERT INTO caseload (org, specialist, bucket, from_seq)
SELECT ?1, ?2, ?3, ?4 WHERE NOT EXISTS (
  SELECT 1 FROM caseload WHERE org = ?1 AND specialist = ?2 AND bucket = ?3 AND to_seq IS NULL
);

-- name: end
UPDATE caseload SET to_seq = ?4 WHERE org = ?1 AND specialist = ?2 AND bucket = ?3 AND to_seq IS NULL;

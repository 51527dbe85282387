-- name: find
SELECT failures, free_at FROM attempt WHERE budget = :budget;

-- name: put
INSERT INTO attempt (budget, failures, free_at, at) VALUES (:budget, :failures, :free_at, :now)
ON CONFLICT (budget) DO UPDATE SET failures = excluded.failures, free_at = excluded.free_at, at = excluded.at;

-- name: clear
DELETE FROM attempt WHERE budget = :budget;

-- name: forget_old
DELETE FROM attempt WHERE at < :before;

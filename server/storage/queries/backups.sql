-- name: safe_seq
SELECT COALESCE(max(h.head), 0) AS seq FROM backup_head h JOIN backup b ON b.id = h.backup
WHERE h.org = :org AND b.verified_at IS NOT NULL AND b.problem IS NULL;

-- name: add
INSERT INTO backup (epoch, made_at, verified_at, size_bytes, file, hash, kid, problem)
VALUES (:epoch, :made_at, :verified_at, :size_bytes, :file, :hash, :kid, :problem);

-- name: newest
SELECT max(id) AS id FROM backup;

-- name: add_head
INSERT INTO backup_head (backup, org, head) VALUES (:backup, :org, :head);

-- name: prove
UPDATE backup SET proved_at = :now WHERE hash = :hash AND problem IS NULL;

-- name: newest_first
SELECT id, made_at, verified_at, proved_at, size_bytes, file, kid, problem FROM backup ORDER BY id DESC LIMIT :limit;

-- name: last_good
SELECT made_at, verified_at, size_bytes, file FROM backup WHERE verified_at IS NOT NULL AND problem IS NULL
ORDER BY made_at DESC LIMIT 1;

-- name: last_proved
SELECT made_at, proved_at FROM backup WHERE proved_at IS NOT NULL ORDER BY proved_at DESC LIMIT 1;

-- name: lineage
SELECT epoch, reason, made_at FROM sync_epoch ORDER BY id;

-- name: forks
SELECT epoch, org, fork_seq FROM epoch_fork ORDER BY epoch, org;

-- name: heads
SELECT org, head FROM org_head ORDER BY org;

-- name: closed_phones
SELECT id, mode FROM device WHERE state = 'revoked' ORDER BY id;

-- name: closed_accounts
SELECT person FROM account WHERE is_active = 0 ORDER BY person;

-- name: add_fork
INSERT INTO epoch_fork (epoch, org, fork_seq) VALUES (:epoch, :org, :fork_seq);

-- name: jump_head
UPDATE org_head SET head = :head WHERE org = :org AND head < :head;

-- name: let_phones_skip
UPDATE device SET may_skip = 1 WHERE kind = 'phone';

-- name: end_sessions
DELETE FROM session;

-- name: end_codes
DELETE FROM one_time_code WHERE used_at IS NULL;

-- name: close_phone_again
UPDATE device SET state = 'revoked', mode = :mode, revoked_at = :now WHERE id = :id AND state = 'active';

-- name: close_account_again
UPDATE account SET is_active = 0 WHERE person = :person AND is_active = 1;

-- name: last_restore
SELECT made_at FROM sync_epoch WHERE reason IN ('restore', 'adopt') ORDER BY id DESC LIMIT 1;

-- name: phones
SELECT d.org, a.name, d.enrolled_at, max(COALESCE(d.last_push_at, 0), COALESCE(d.last_pull_at, 0)) AS heard_at
FROM device d LEFT JOIN account a ON a.person = d.person
WHERE d.kind = 'phone' AND d.state = 'active' ORDER BY heard_at DESC, d.id;

-- name: phones_behind
SELECT d.id, d.person, a.name, max(COALESCE(d.last_push_at, 0), COALESCE(d.last_pull_at, 0)) AS heard_at
FROM device d LEFT JOIN account a ON a.person = d.person
WHERE d.org = :org AND d.kind = 'phone' AND d.state = 'active' AND d.enrolled_at < :since
  AND max(COALESCE(d.last_push_at, 0), COALESCE(d.last_pull_at, 0)) < :since
ORDER BY heard_at DESC, d.id;

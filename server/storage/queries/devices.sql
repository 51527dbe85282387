-- name: by_id
-- Whose account is disabled has no active phone, whatever else its row says.
SELECT d.key, d.id, d.org, d.person, d.mode, d.next_n, d.public_key, d.told_at, h.head,
  CASE WHEN a.is_active = 0 THEN 'revoked' ELSE d.state END AS state, (SELECT epoch FROM sync_epoch ORDER BY id DESC LIMIT 1) AS epoch,
  COALESCE((SELECT max(f.floor) FROM bucket_floor f WHERE f.org = d.org), 0) AS floor,
  COALESCE((
    SELECT b.head FROM backup_head b JOIN backup k ON k.id = b.backup
    WHERE b.org = d.org AND k.verified_at IS NOT NULL AND k.problem IS NULL ORDER BY b.head DESC LIMIT 1
  ), 0) AS safe_seq
FROM device d JOIN org_head h ON h.org = d.org LEFT JOIN account a ON a.person = d.person WHERE d.id = :id;

-- name: by_ids
SELECT d.key, d.id, d.org, d.person, d.mode, d.next_n, d.may_skip, h.head,
  CASE WHEN a.is_active = 0 AND d.kind = 'phone' THEN 'revoked' ELSE d.state END AS state
FROM json_each(:ids) j CROSS JOIN device d ON d.id = j.value JOIN org_head h ON h.org = d.org
LEFT JOIN account a ON a.person = d.person;

-- name: add
INSERT INTO device (id, org, person, kind, public_key, deposit_hash, enrolled_at, app)
VALUES (:id, :org, :person, :kind, :public_key, :deposit_hash, :now, :app);

-- name: revoke
UPDATE device SET state = 'revoked', mode = :mode, revoked_at = :now, revoked_by = :by
WHERE org = :org AND id = :id AND kind = 'phone' AND state = 'active';

-- name: revoke_of_person
UPDATE device SET state = 'revoked', mode = :mode, revoked_at = :now, revoked_by = :by
WHERE org = :org AND person = :person AND kind = 'phone' AND state = 'active';

-- name: told
UPDATE device SET told_at = :now WHERE id = :id AND told_at IS NULL;

-- name: earlier
SELECT d.id AS device, d.enrolled_at, max(COALESCE(d.last_push_at, 0), COALESCE(d.last_pull_at, 0)) AS heard_at,
  COALESCE(d.reported_unsent, 0) AS unsent, COALESCE(d.reported_drafts, 0) AS drafts
FROM device d WHERE d.org = :org AND d.person = :person AND d.kind = 'phone' AND d.state = 'active'
ORDER BY d.enrolled_at DESC, d.key DESC LIMIT 20;

-- name: phones
SELECT id, person, state, mode, next_n, enrolled_at, revoked_at, revoked_by, app, last_push_at, last_pull_at,
  reported_at, reported_unsent, reported_oldest, reported_drafts, is_storage_protected, forked_at, salvage_left
FROM device WHERE org = :org AND kind = 'phone' AND twin_of IS NULL ORDER BY enrolled_at DESC;

-- name: delivered
SELECT d.id, count(*) AS kept, sum(s.state = 'waiting') AS waiting, max(s.seq) AS seq, max(s.at) AS at
FROM salvage s JOIN device d ON d.key = s.device
WHERE s.org = :org GROUP BY d.key;

-- name: pushed
UPDATE device SET next_n = ?2, last_push_at = COALESCE(?3, last_push_at), may_skip = ?4 WHERE key = ?1;

-- name: lost
INSERT INTO lost_change (org, device, first_n, last_n, at, by_person) VALUES (?1, ?2, ?3, ?4, ?5, ?6);

-- name: forked
UPDATE device SET forked_at = COALESCE(forked_at, ?2) WHERE key = ?1;

-- name: pulled
UPDATE device SET last_pull_at = ?2 WHERE id = ?1;

-- name: reported
UPDATE device SET reported_at = ?2, reported_unsent = ?3, reported_oldest = ?4, reported_drafts = ?5,
  is_storage_protected = ?6, app = ?7
WHERE id = ?1;

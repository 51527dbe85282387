-- name: device
SELECT d.key, d.id, d.org, d.person, d.state, d.next_n, d.public_key, d.deposit_hash FROM device d
WHERE d.org = :org AND d.id = :device AND d.kind = 'phone';

-- name: of_device
-- Whoever holds a device's deposit token has not said yet which organisation it belongs to.
SELECT d.key, d.id, d.org, d.person, d.state, d.next_n, d.public_key, d.deposit_hash FROM device d
WHERE d.id = :device AND d.kind = 'phone';

-- name: add_device
-- A phone that was enrolled after the backup that was restored: only its key is known, and whose it was.
INSERT INTO device (id, org, person, kind, public_key, state, mode, enrolled_at)
VALUES (:id, :org, :person, 'phone', :public_key, 'revoked', 'lock', :now);

-- name: found
SELECT s.n, s.hash, s.seq, s.state FROM salvage s
WHERE s.org = :org AND s.device = :device AND s.n >= :first_n AND s.n <= :last_n;

-- name: take_seq
UPDATE org_head SET head = head + 1 WHERE org = :org RETURNING head;

-- name: add
INSERT INTO salvage (org, device, n, hash, seq, at, via, brought_by, sealed, sig)
VALUES (:org, :device, :n, :hash, :seq, :at, :via, :brought_by, :sealed, :sig);

-- name: delivered
UPDATE device SET salvage_left = :left WHERE org = :org AND key = :device;

-- name: newest
-- Highest positions that the office holds of a device: sealed ones, photos and scans, and decided ones (in order of n,
-- so the last).
SELECT max(seq) AS seq, max(at) AS at FROM salvage WHERE org = :org AND device = :device
UNION ALL
SELECT max(seq), max(at) FROM attachment WHERE org = :org AND device = :device
UNION ALL
SELECT * FROM (SELECT seq, at FROM change WHERE device = :device AND org = :org ORDER BY n DESC LIMIT 1);

-- name: groups
SELECT d.id AS device, d.person, d.state, d.mode, d.next_n, d.salvage_left AS left, d.forked_at IS NOT NULL AS is_forked,
  count(*) AS waiting, min(s.at) AS first_at, max(s.at) AS last_at, min(s.n) AS first_n, max(s.n) AS last_n,
  group_concat(DISTINCT s.via) AS via, max(s.brought_by) AS brought_by
FROM salvage s JOIN device d ON d.key = s.device
WHERE s.org = :org AND s.state = 'waiting'
GROUP BY d.key ORDER BY first_at, d.id;

-- name: items
SELECT s.id, d.id AS device, d.person, s.n, s.at, s.via, s.brought_by, s.state, s.settled_at, s.settled_by, s.settled_seq,
  s.reason, s.sealed, s.sig, s.seq, c.outcome, c.code, c.doc
FROM device d JOIN salvage s ON s.device = d.key
LEFT JOIN change c ON c.org = s.org AND c.seq = s.settled_seq
WHERE d.org = :org AND d.id = :device ORDER BY s.n, s.id;

-- name: item
SELECT s.id, d.id AS device, d.person, s.n, s.at, s.via, s.brought_by, s.state, s.settled_at, s.settled_by, s.settled_seq,
  s.reason, s.sealed, s.sig, s.seq, c.outcome, c.code, c.doc
FROM salvage s JOIN device d ON d.key = s.device
LEFT JOIN change c ON c.org = s.org AND c.seq = s.settled_seq
WHERE s.org = :org AND s.id = :id;

-- name: waiting
SELECT s.id, s.n, s.sealed FROM salvage s JOIN json_each(:ids) j ON s.id = j.value
WHERE s.org = :org AND s.device = :device AND s.state = 'waiting';

-- name: lines
-- The device and the twins that the office made for work that no longer fits into its order.
SELECT key, id, next_n FROM device WHERE org = :org AND (key = :device OR twin_of = :device) ORDER BY key;

-- name: decided
SELECT c.device, c.n, c.seq, c.hash FROM change c
WHERE c.device IN (SELECT value FROM json_each(:devices)) AND c.n IN (SELECT value FROM json_each(:ns)) AND c.org = :org;

-- name: add_twin
INSERT INTO device (id, org, person, kind, next_n, state, mode, enrolled_at, twin_of)
SELECT :id, org, person, 'phone', :next_n, 'revoked', 'lock', :now, key FROM device
WHERE org = :org AND key = :device AND NOT EXISTS (SELECT 1 FROM device WHERE id = :id);

-- name: settle
UPDATE salvage SET state = :state, settled_at = :now, settled_by = :by, settled_seq = :seq, reason = :reason
WHERE org = :org AND id = :id AND state = 'waiting';

-- name: ring
-- Once for every device and kind until somebody acknowledges it.
INSERT INTO alarm (org, kind, device, at, last_at, detail) VALUES (?1, ?2, ?3, ?4, ?4, ?5)
ON CONFLICT (org, kind, device) WHERE acknowledged_at IS NULL DO UPDATE SET count = count + 1, last_at = excluded.at;

-- name: ring_named
INSERT INTO alarm (org, kind, device, at, last_at, detail) VALUES (:org, :kind, :device, :at, :at, :detail)
ON CONFLICT (org, kind, device) WHERE acknowledged_at IS NULL DO UPDATE SET count = count + 1, last_at = excluded.at;

-- name: open
SELECT a.id, a.kind, d.id AS device, d.person, a.at, a.last_at, a.count, a.detail
FROM alarm a JOIN device d ON d.key = a.device
WHERE a.org = :org AND a.acknowledged_at IS NULL ORDER BY a.last_at DESC LIMIT :limit;

-- name: acknowledge
UPDATE alarm SET acknowledged_at = :now, acknowledged_by = :by
WHERE org = :org AND id = :id AND acknowledged_at IS NULL;

-- name: lost
SELECT d.id AS device, d.person, l.first_n, l.last_n, l.at, l.by_person
FROM lost_change l JOIN device d ON d.key = l.device
WHERE l.org = :org AND l.acknowledged_at IS NULL ORDER BY l.at DESC, d.id, l.first_n LIMIT :limit;

-- name: acknowledge_lost
UPDATE lost_change SET acknowledged_at = :now, acknowledged_by = :by
WHERE org = :org AND device = (SELECT key FROM device WHERE id = :device AND org = :org) AND first_n = :first_n
  AND acknowledged_at IS NULL;

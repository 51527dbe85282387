-- name: add
INSERT INTO organisation (name, is_demo, made_at, seal_kid, seal_key)
VALUES (:name, :is_demo, :now, :seal_kid, :seal_key);

-- name: rename
UPDATE organisation SET name = :name WHERE id = :org;

-- name: newest
SELECT max(id) AS id FROM organisation;

-- name: add_head
INSERT INTO org_head (org, head) VALUES (:org, 0);

-- name: add_epoch
INSERT INTO sync_epoch (epoch, parent, fork_seq, made_at, reason) VALUES (:epoch, :parent, :fork_seq, :now, :reason);

-- name: epoch
SELECT epoch, parent, fork_seq FROM sync_epoch ORDER BY id DESC LIMIT 1;

-- name: lineage
-- Oldest first. An epoch that says nothing of an organisation took nothing over from the one before.
SELECT e.epoch, COALESCE(f.fork_seq, 0) AS fork_seq
FROM sync_epoch e LEFT JOIN epoch_fork f ON f.epoch = e.epoch AND f.org = :org ORDER BY e.id;

-- name: by_id
SELECT o.id, o.name, o.is_demo, o.made_at, o.seal_kid, o.seal_key, h.head
FROM organisation o JOIN org_head h ON h.org = o.id WHERE o.id = :org;

-- name: all
SELECT o.id, o.name, o.is_demo, o.made_at, o.seal_kid, o.seal_key, h.head
FROM organisation o JOIN org_head h ON h.org = o.id ORDER BY o.id;

-- name: by_id
SELECT key, id, size, have, seq, at FROM attachment WHERE org = :org AND id = :id;

-- name: begin
INSERT INTO attachment (org, id, size, device, begun_at) VALUES (:org, :id, :size, :device, :now);

-- name: unfinished
-- What one device has begun and not brought to an end.
SELECT count(*) AS n FROM attachment WHERE org = :org AND device = :device AND seq IS NULL;

-- name: add_piece
INSERT INTO attachment_piece (attachment, begins, bytes) VALUES (:attachment, :begins, :bytes);

-- name: grown
UPDATE attachment SET have = :have WHERE org = :org AND key = :attachment;

-- name: whole
UPDATE attachment SET seq = :seq, at = :now WHERE org = :org AND key = :attachment;

-- name: pieces
SELECT p.bytes FROM attachment_piece p JOIN attachment a ON a.key = p.attachment
WHERE a.org = :org AND a.key = :attachment ORDER BY p.begins;

-- name: drop_pieces
DELETE FROM attachment_piece WHERE attachment = (SELECT key FROM attachment WHERE org = :org AND key = :attachment);

-- name: drop
DELETE FROM attachment WHERE org = :org AND key = :attachment;

-- name: standing
SELECT a.id, a.size, a.have, a.seq IS NOT NULL AS is_whole FROM attachment a JOIN json_each(:ids) j ON a.id = j.value
WHERE a.org = :org;

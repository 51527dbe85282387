-- name: insert
INSERT INTO change (org, seq, device, n, kind, doc, at, outcome, code, field, offer, conflicts, hash, raw)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14);

-- name: receipts_between
SELECT n, outcome, seq, doc, at, code, field, offer, conflicts, hash FROM change
WHERE device = :device AND n >= :first_n AND n <= :last_n ORDER BY n;

-- name: receipts_of
SELECT c.n, c.outcome, c.seq, c.doc, c.at, c.code, c.field, c.offer, c.conflicts, c.hash FROM json_each(:open) j
CROSS JOIN change c ON c.device = :device AND c.n = j.value ORDER BY c.n;

-- name: raise_head
-- A head that is not the one that was seen becomes NULL, which its column refuses.
UPDATE org_head SET head = CASE WHEN head = ?2 THEN ?3 END WHERE org = ?1;

-- name: put_aside
INSERT INTO conflict (org, doc, field, value, by_person, at, seq) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7);

-- name: settle
UPDATE conflict SET settled_seq = ?5 WHERE org = ?1 AND doc = ?2 AND field = ?3 AND seq = ?4 AND settled_seq IS NULL;

-- name: quarantine
INSERT INTO quarantine (org, device, n, seq, at, why, raw) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7);

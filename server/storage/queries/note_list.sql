-- The same filter in each, because a statement is a text of its own: an empty parameter filters nothing. Flagged notes
-- are few, and have an index of their own.

-- name: older
SELECT doc, participant, author, site, contact_kind, day, started_at, ended_at, signed_at, state, flag, created,
  json_extract(signed, '$.seq') AS signed_seq
FROM record INDEXED BY note_activity
WHERE org = :org AND day IS NOT NULL AND day BETWEEN :first AND :last
  AND (:site = '' OR site = :site) AND (:kind = '' OR contact_kind = :kind) AND (:author = '' OR author = :author)
  AND (:person = '' OR bucket = :person)
  AND (:state = '' AND state <> 'void' OR state = :state)
  AND (:flag IS NULL OR flag = :flag) AND (:late_ms IS NULL OR signed_at - ended_at > :late_ms)
  AND (:at IS NULL OR day < :day OR day = :day AND (started_at < :at OR started_at = :at AND doc < :doc))
ORDER BY day DESC, started_at DESC, doc DESC LIMIT :limit;

-- name: newer
SELECT doc, participant, author, site, contact_kind, day, started_at, ended_at, signed_at, state, flag, created,
  json_extract(signed, '$.seq') AS signed_seq
FROM record INDEXED BY note_activity
WHERE org = :org AND day IS NOT NULL AND day BETWEEN :first AND :last
  AND (:site = '' OR site = :site) AND (:kind = '' OR contact_kind = :kind) AND (:author = '' OR author = :author)
  AND (:person = '' OR bucket = :person)
  AND (:state = '' AND state <> 'void' OR state = :state)
  AND (:flag IS NULL OR flag = :flag) AND (:late_ms IS NULL OR signed_at - ended_at > :late_ms)
  AND (:at IS NULL OR day > :day OR day = :day AND (started_at > :at OR started_at = :at AND doc > :doc))
ORDER BY day, started_at, doc LIMIT :limit;

-- name: count
SELECT count(*) AS n
FROM record INDEXED BY note_activity
WHERE org = :org AND day IS NOT NULL AND day BETWEEN :first AND :last
  AND (:site = '' OR site = :site) AND (:kind = '' OR contact_kind = :kind) AND (:author = '' OR author = :author)
  AND (:person = '' OR bucket = :person)
  AND (:state = '' AND state <> 'void' OR state = :state)
  AND (:flag IS NULL OR flag = :flag) AND (:late_ms IS NULL OR signed_at - ended_at > :late_ms);

-- name: older_flagged
SELECT doc, participant, author, site, contact_kind, day, started_at, ended_at, signed_at, state, flag, created,
  json_extract(signed, '$.seq') AS signed_seq
FROM record INDEXED BY note_flagged
WHERE org = :org AND day IS NOT NULL AND day BETWEEN :first AND :last
  AND (:site = '' OR site = :site) AND (:kind = '' OR contact_kind = :kind) AND (:author = '' OR author = :author)
  AND (:person = '' OR bucket = :person)
  AND (:state = '' AND state <> 'void' OR state = :state)
  AND flag = :flag AND flag > 0 AND (:late_ms IS NULL OR signed_at - ended_at > :late_ms)
  AND (:at IS NULL OR day < :day OR day = :day AND (started_at < :at OR started_at = :at AND doc < :doc))
ORDER BY day DESC, started_at DESC, doc DESC LIMIT :limit;

-- name: count_flagged
SELECT count(*) AS n
FROM record INDEXED BY note_flagged
WHERE org = :org AND day IS NOT NULL AND day BETWEEN :first AND :last
  AND (:site = '' OR site = :site) AND (:kind = '' OR contact_kind = :kind) AND (:author = '' OR author = :author)
  AND (:person = '' OR bucket = :person)
  AND (:state = '' AND state <> 'void' OR state = :state)
  AND flag = :flag AND flag > 0 AND (:late_ms IS NULL OR signed_at - ended_at > :late_ms);

-- name: place
SELECT day, started_at FROM record WHERE org = :org AND doc = :doc AND day IS NOT NULL;

-- name: by_seq
SELECT c.doc, r.type FROM change c LEFT JOIN record r ON r.org = c.org AND r.doc = c.doc
WHERE c.org = :org AND c.seq = :seq;

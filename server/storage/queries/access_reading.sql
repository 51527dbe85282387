-- name: page
SELECT l.id, l.at, l.actor, l.action, l.subject, l.detail, l.number, a.name AS actor_name, s.name AS subject_name
FROM access_log l
LEFT JOIN account a ON a.org = l.org AND a.person = l.actor
LEFT JOIN account s ON s.org = l.org AND s.person = l.subject
WHERE l.org = :org AND l.at >= :from_at AND l.at < :to_at
  AND (l.at < :before_at OR (l.at = :before_at AND l.id < :before_id))
  AND (:actor = '' OR l.actor = :actor OR l.subject = :actor)
  AND (:action = '' OR l.action = :action)
ORDER BY l.at DESC, l.id DESC LIMIT :limit;

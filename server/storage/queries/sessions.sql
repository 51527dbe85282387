-- name: add
INSERT INTO session (token, id, person, step, started_at, seen_at, browser)
VALUES (:token, :id, :person, :step, :now, :now, :browser);

-- name: find
SELECT session.id, session.person, session.step, session.started_at, session.seen_at, session.pending_factor,
       account.org, account.sign_in, account.name, account.role, account.lang, account.theme,
       organisation.is_demo, organisation.name AS organisation
FROM session
JOIN account ON account.person = session.person AND account.is_active = 1
JOIN organisation ON organisation.id = account.org
WHERE session.token = :token AND session.started_at > :started_after AND session.seen_at > :seen_after;

-- name: touch
UPDATE session SET seen_at = :now WHERE token = :token AND seen_at < :now;

-- name: set_pending_factor
UPDATE session SET pending_factor = :pending_factor WHERE token = :token;

-- name: of_person
SELECT id, step, started_at, seen_at, browser FROM session
WHERE person = :person AND step = 'open' AND started_at > :started_after AND seen_at > :seen_after
ORDER BY seen_at DESC LIMIT 50;

-- name: end
DELETE FROM session WHERE token = :token;

-- name: end_one
DELETE FROM session WHERE person = :person AND id = :id;

-- name: end_of_person
DELETE FROM session WHERE person = :person AND token <> :except_token;

-- name: forget_ended
DELETE FROM session WHERE started_at <= :started_after OR seen_at <= :seen_after;

-- name: know_browser
INSERT INTO known_browser (token, person, seen_at) VALUES (:token, :person, :now)
ON CONFLICT (token) DO UPDATE SET seen_at = excluded.seen_at;

-- name: forget_browsers
DELETE FROM known_browser WHERE person = :person AND token NOT IN (
  SELECT token FROM known_browser WHERE person = :person ORDER BY seen_at DESC LIMIT :keep
);

-- name: is_known_browser
SELECT 1 AS yes FROM known_browser WHERE token = :token AND person = :person;

-- name: forget_all_browsers
DELETE FROM known_browser WHERE person = :person;

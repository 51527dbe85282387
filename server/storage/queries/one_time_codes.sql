-- name: add
INSERT INTO one_time_code (token, typed, person, purpose, made_by, made_at, ends_at)
VALUES (:token, :typed, :person, :purpose, :made_by, :made_at, :ends_at);

-- name: withdraw
DELETE FROM one_time_code WHERE person = :person AND purpose = :purpose AND used_at IS NULL;

-- name: find
SELECT one_time_code.token, one_time_code.person, account.org, account.sign_in, account.name, account.role,
       account.passphrase, organisation.name AS organisation
FROM one_time_code
JOIN account ON account.person = one_time_code.person AND account.is_active = 1
JOIN organisation ON organisation.id = account.org
WHERE (one_time_code.token = :given OR one_time_code.typed = :given) AND one_time_code.purpose = :purpose
  AND one_time_code.used_at IS NULL AND one_time_code.ends_at > :now;

-- name: spend
UPDATE one_time_code SET used_at = :now WHERE token = :token AND used_at IS NULL AND ends_at > :now;

-- name: forget_old
DELETE FROM one_time_code WHERE ends_at < :before;

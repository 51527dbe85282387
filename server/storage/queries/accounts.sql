-- name: add
INSERT INTO account (person, org, sign_in, name, title, role, passphrase, lang, created_at)
VALUES (:person, :org, :sign_in, :name, :title, :role, :passphrase, :lang, :created_at);

-- name: by_sign_in
SELECT account.person, account.org, account.sign_in, account.name, account.title, account.role, account.is_active,
       account.passphrase, account.factor, account.factor_step, account.lang, account.theme, account.created_at,
       organisation.is_demo, organisation.name AS organisation
FROM account JOIN organisation ON organisation.id = account.org
WHERE account.sign_in = :sign_in;

-- name: by_person
SELECT account.person, account.org, account.sign_in, account.name, account.title, account.role, account.is_active,
       account.passphrase, account.factor, account.factor_step, account.lang, account.theme, account.created_at,
       organisation.is_demo, organisation.name AS organisation
FROM account JOIN organisation ON organisation.id = account.org
WHERE account.org = :org AND account.person = :person;

-- name: page
SELECT person, sign_in, name, title, role, is_active, passphrase IS NOT NULL AS has_passphrase,
       factor IS NOT NULL AS has_factor
FROM account
WHERE org = :org AND (:search = '' OR name LIKE :search ESCAPE '\' OR sign_in LIKE :search ESCAPE '\')
ORDER BY is_active DESC, name, person
LIMIT :limit OFFSET :offset;

-- name: specialists
SELECT person, name, sign_in FROM account
WHERE org = :org AND role = 'specialist' AND is_active = 1
ORDER BY name, person LIMIT 2000;

-- name: names
SELECT person, name FROM account WHERE org = :org LIMIT 5000;

-- name: describe
UPDATE account SET name = :name, title = :title, role = :role, sign_in = :sign_in WHERE org = :org AND person = :person;

-- name: set_active
UPDATE account SET is_active = :is_active WHERE org = :org AND person = :person;

-- name: set_passphrase
UPDATE account SET passphrase = :passphrase WHERE org = :org AND person = :person;

-- name: set_screen
UPDATE account SET lang = :lang, theme = :theme WHERE org = :org AND person = :person;

-- name: set_factor
UPDATE account SET factor = :factor, factor_step = :factor_step WHERE org = :org AND person = :person;

-- name: use_factor_step
UPDATE account SET factor_step = :factor_step WHERE org = :org AND person = :person AND factor_step < :factor_step;

-- name: drop_recovery_codes
DELETE FROM recovery_code WHERE person = (SELECT person FROM account WHERE org = :org AND person = :person);

-- name: add_recovery_code
INSERT INTO recovery_code (person, code) VALUES (:person, :code);

-- name: use_recovery_code
DELETE FROM recovery_code WHERE person = :person AND code = :code;

-- name: recovery_codes_left
SELECT count(*) AS n FROM recovery_code WHERE person = :person;

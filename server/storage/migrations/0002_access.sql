-- Who may sign in and with what. Secrets stand here as hashes, or sealed with a key that lies in a file elsewhere.

-- `person` is the doc id of the member record that phones know; `sign_in` is folded (NFKC, lower case).
CREATE TABLE account (
  person TEXT PRIMARY KEY,
  org INTEGER NOT NULL REFERENCES organisation (id),
  sign_in TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  title TEXT NOT NULL DEFAULT '',
  role TEXT NOT NULL CHECK (role IN ('specialist', 'supervisor', 'administrator')),
  is_active INTEGER NOT NULL DEFAULT 1,
  passphrase TEXT,
  factor BLOB,
  factor_step INTEGER NOT NULL DEFAULT 0,
  lang TEXT NOT NULL DEFAULT '' CHECK (lang IN ('', 'en', 'es')),
  theme TEXT NOT NULL DEFAULT 'system' CHECK (theme IN ('system', 'light', 'dark')),
  created_at INTEGER NOT NULL
) STRICT;

CREATE INDEX account_by_name ON account (org, is_active DESC, name, person);

CREATE TABLE recovery_code (
  person TEXT NOT NULL REFERENCES account (person),
  code BLOB NOT NULL,
  PRIMARY KEY (person, code)
) STRICT, WITHOUT ROWID;

-- A sign-in under way or done. `step`: what is still asked ('factor', 'setup') or nothing more ('open').
CREATE TABLE session (
  token BLOB PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  person TEXT NOT NULL REFERENCES account (person),
  step TEXT NOT NULL CHECK (step IN ('factor', 'setup', 'open')),
  started_at INTEGER NOT NULL,
  seen_at INTEGER NOT NULL,
  browser TEXT NOT NULL DEFAULT '',
  pending_factor BLOB
) STRICT, WITHOUT ROWID;

CREATE INDEX session_by_person ON session (person, started_at);

-- Permission handed out once: to enrol a phone, or to choose a passphrase.
CREATE TABLE one_time_code (
  token BLOB PRIMARY KEY,
  typed BLOB NOT NULL UNIQUE,
  person TEXT NOT NULL REFERENCES account (person),
  purpose TEXT NOT NULL CHECK (purpose IN ('phone', 'passphrase')),
  made_by TEXT NOT NULL,
  made_at INTEGER NOT NULL,
  ends_at INTEGER NOT NULL,
  used_at INTEGER
) STRICT, WITHOUT ROWID;

CREATE INDEX one_time_code_by_person ON one_time_code (person, purpose);

-- Browsers that have signed in before; each keeps its own budget of attempts, so a stranger cannot lock a person out.
CREATE TABLE known_browser (
  token BLOB PRIMARY KEY,
  person TEXT NOT NULL REFERENCES account (person),
  seen_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX known_browser_by_person ON known_browser (person);

-- Failed attempts by budget (a hash, so that names typed here cannot be read back). `free_at`: next attempt allowed.
CREATE TABLE attempt (
  budget BLOB PRIMARY KEY,
  failures INTEGER NOT NULL,
  free_at INTEGER NOT NULL,
  at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX attempt_by_age ON attempt (at);

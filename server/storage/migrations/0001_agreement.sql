-- The agreement's tables: who an organisation and its devices are, the change log, the records it adds up to.
--
-- The change log is written once and never altered: it is the history, the receipt and the trail at once. A record
-- keeps its fields only once they differ from its create (`fields` is NULL until then and is read from the log);
-- this halves the file and the time of a push. The unique index over (org, bucket, seq) is the feed that phones page
-- through. The hot tables carry no foreign keys: their one writer has just read both sides.

CREATE TABLE organisation (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  is_demo INTEGER NOT NULL DEFAULT 0,
  made_at INTEGER NOT NULL,
  seal_kid TEXT NOT NULL DEFAULT '',
  seal_key TEXT NOT NULL DEFAULT ''
) STRICT;

-- The only place where positions come from. Raised in the last statement before COMMIT.
CREATE TABLE org_head (
  org INTEGER PRIMARY KEY REFERENCES organisation (id),
  head INTEGER NOT NULL DEFAULT 0
) STRICT;

-- Lineage of the database; a restore adds a row. The newest row is the current epoch.
CREATE TABLE sync_epoch (
  id INTEGER PRIMARY KEY,
  epoch TEXT NOT NULL UNIQUE,
  parent TEXT,
  fork_seq INTEGER NOT NULL DEFAULT 0,
  made_at INTEGER NOT NULL,
  reason TEXT NOT NULL
) STRICT;

-- Phones and the office's own device of each member ('office'). `next_n`: the first n not decided yet.
CREATE TABLE device (
  key INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  org INTEGER NOT NULL REFERENCES organisation (id),
  person TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('phone', 'office')),
  public_key BLOB,
  deposit_hash TEXT,
  next_n INTEGER NOT NULL DEFAULT 1,
  state TEXT NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'revoked')),
  mode TEXT CHECK (mode IN ('lock', 'wipe_now')),
  enrolled_at INTEGER NOT NULL,
  revoked_at INTEGER,
  revoked_by TEXT,
  app TEXT NOT NULL DEFAULT '',
  last_push_at INTEGER,
  last_pull_at INTEGER,
  reported_at INTEGER,
  reported_unsent INTEGER,
  reported_oldest INTEGER,
  reported_drafts INTEGER,
  is_storage_protected INTEGER
) STRICT;
CREATE INDEX device_of_person ON device (org, person);

CREATE TABLE change (
  org INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  device INTEGER NOT NULL,
  n INTEGER NOT NULL,
  kind TEXT NOT NULL,
  doc TEXT NOT NULL,
  at INTEGER NOT NULL,
  outcome TEXT NOT NULL,
  code TEXT,
  field TEXT,
  offer TEXT,
  conflicts TEXT,
  hash BLOB NOT NULL,
  raw BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX change_seq ON change (org, seq);
CREATE UNIQUE INDEX change_identity ON change (device, n);
-- A record's later history; its create is found by `record.created`.
CREATE INDEX change_of_doc ON change (org, doc, seq) WHERE kind <> 'create';

CREATE TRIGGER change_is_append_only_1 BEFORE UPDATE ON change BEGIN SELECT RAISE(ABORT, 'the change log is append-only'); END;
CREATE TRIGGER change_is_append_only_2 BEFORE DELETE ON change BEGIN SELECT RAISE(ABORT, 'the change log is append-only'); END;

-- From `day` on, columns repeat fields of notes for the dashboard: `day` is the service day at the place of service in
-- days since 1970 (NULL for every other kind), `support` a sum of 1 emotional, 2 informational, 4 instrumental,
-- 8 affiliational, `flag` 0 none, 1 an open safety flag, 2 a closed one. Drafts carry `about`, `site`, `started_at`.
CREATE TABLE record (
  org INTEGER NOT NULL,
  doc TEXT NOT NULL,
  type TEXT NOT NULL,
  bucket TEXT NOT NULL,
  seq INTEGER NOT NULL,
  author TEXT NOT NULL,
  device INTEGER NOT NULL,
  state TEXT NOT NULL,
  captured INTEGER NOT NULL,
  received INTEGER NOT NULL,
  created INTEGER NOT NULL,
  fields TEXT,
  versions TEXT,
  signed TEXT,
  addenda TEXT,
  kept TEXT,
  day INTEGER,
  site TEXT,
  contact_kind TEXT,
  started_at INTEGER,
  ended_at INTEGER,
  signed_at INTEGER,
  support INTEGER,
  flag INTEGER,
  about TEXT,
  participant TEXT GENERATED ALWAYS AS (CASE WHEN substr(bucket, 1, 2) = 'p:' THEN substr(bucket, 3) ELSE about END) VIRTUAL
) STRICT;
CREATE UNIQUE INDEX record_doc ON record (org, doc);
CREATE UNIQUE INDEX record_feed ON record (org, bucket, seq);
CREATE INDEX participant_record ON record (org) WHERE type = 'participant';
CREATE INDEX draft_record ON record (org, author) WHERE type = 'draft' AND state = 'open';

-- A record together with its fields as JSON text, whether edited since its create or not.
CREATE VIEW record_fields AS
SELECT r.*, COALESCE(r.fields, json_extract(CAST(c.raw AS TEXT), '$.set')) AS fields_json
FROM record r LEFT JOIN change c ON r.fields IS NULL AND c.org = r.org AND c.seq = r.created;

-- What left a bucket, so that a phone that holds it learns so.
CREATE TABLE gone (
  org INTEGER NOT NULL,
  bucket TEXT NOT NULL,
  doc TEXT NOT NULL,
  type TEXT NOT NULL,
  seq INTEGER NOT NULL,
  why TEXT NOT NULL CHECK (why IN ('moved', 'void', 'purged'))
) STRICT;
CREATE UNIQUE INDEX gone_doc ON gone (org, bucket, doc);
CREATE UNIQUE INDEX gone_feed ON gone (org, bucket, seq);

-- Who may hold which bucket, from the position that granted it to the position that ended it.
CREATE TABLE caseload (
  org INTEGER NOT NULL,
  specialist TEXT NOT NULL,
  bucket TEXT NOT NULL,
  from_seq INTEGER NOT NULL,
  to_seq INTEGER
) STRICT;
CREATE UNIQUE INDEX caseload_grant ON caseload (org, specialist, bucket, from_seq);
CREATE INDEX caseload_bucket ON caseload (org, bucket) WHERE to_seq IS NULL;

-- The losing side of a concurrent edit, verbatim; `settled_seq` names the change that settled it.
CREATE TABLE conflict (
  id INTEGER PRIMARY KEY,
  org INTEGER NOT NULL,
  doc TEXT NOT NULL,
  field TEXT NOT NULL,
  value TEXT NOT NULL,
  by_person TEXT NOT NULL,
  at INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  settled_seq INTEGER
) STRICT;
CREATE INDEX conflict_open ON conflict (org, doc) WHERE settled_seq IS NULL;

-- Changes that a fault of the office kept from being decided: whole, for a supervisor and for us.
CREATE TABLE quarantine (
  id INTEGER PRIMARY KEY,
  org INTEGER NOT NULL,
  device INTEGER NOT NULL,
  n INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  at INTEGER NOT NULL,
  why TEXT NOT NULL,
  raw BLOB NOT NULL
) STRICT;
CREATE INDEX quarantine_of_org ON quarantine (org, seq);

-- Who did or read what, without content.
CREATE TABLE access_log (
  id INTEGER PRIMARY KEY,
  org INTEGER,
  at INTEGER NOT NULL,
  actor TEXT,
  action TEXT NOT NULL,
  subject TEXT,
  detail TEXT,
  number INTEGER
) STRICT;
CREATE INDEX access_of_org ON access_log (org, at);
CREATE INDEX access_of_subject ON access_log (org, subject) WHERE action NOT IN ('push', 'pull');
CREATE TRIGGER access_log_is_append_only_1 BEFORE UPDATE ON access_log BEGIN SELECT RAISE(ABORT, 'the access log is append-only'); END;
CREATE TRIGGER access_log_is_append_only_2 BEFORE DELETE ON access_log BEGIN SELECT RAISE(ABORT, 'the access log is append-only'); END;

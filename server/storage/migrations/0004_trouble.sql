-- What an office needs to come back from a disaster: where lineages part, what is in a verified backup, what was swept
-- away, sealed work waiting for a supervisor, and what a restore could not bring back.

-- Position at which each organisation parted from the epoch before. An epoch without a row here forked at 0.
CREATE TABLE epoch_fork (
  epoch TEXT NOT NULL REFERENCES sync_epoch (epoch),
  org INTEGER NOT NULL,
  fork_seq INTEGER NOT NULL,
  PRIMARY KEY (epoch, org)
) STRICT, WITHOUT ROWID;

-- Backups of this database, failed ones too. `verified_at`: the copy was checked before it was encrypted, the file read
-- back; NULL where it was not. `proved_at`: it was decrypted and checked with its private key. `hash`: SHA-256 of the file.
CREATE TABLE backup (
  id INTEGER PRIMARY KEY,
  epoch TEXT NOT NULL,
  made_at INTEGER NOT NULL,
  verified_at INTEGER,
  proved_at INTEGER,
  size_bytes INTEGER NOT NULL,
  file TEXT NOT NULL,
  hash TEXT NOT NULL,
  kid TEXT NOT NULL,
  problem TEXT
) STRICT;
CREATE TABLE backup_head (
  backup INTEGER NOT NULL REFERENCES backup (id),
  org INTEGER NOT NULL,
  head INTEGER NOT NULL,
  PRIMARY KEY (backup, org)
) STRICT, WITHOUT ROWID;
CREATE INDEX backup_head_of_org ON backup_head (org, head);

-- Rows of `gone` at or below the floor were swept away; a cursor below it begins the bucket anew.
CREATE TABLE bucket_floor (
  org INTEGER NOT NULL,
  bucket TEXT NOT NULL,
  floor INTEGER NOT NULL,
  PRIMARY KEY (org, bucket)
) STRICT, WITHOUT ROWID;

CREATE INDEX bucket_floor_of_org ON bucket_floor (org, floor);

-- Sealed work, unread until a supervisor opens it. `hash`: SHA-256 of epk, iv and ct. Two envelopes for one n are two
-- truths of a cloned phone; both are kept.
CREATE TABLE salvage (
  id INTEGER PRIMARY KEY,
  org INTEGER NOT NULL,
  device INTEGER NOT NULL,
  n INTEGER NOT NULL,
  hash BLOB NOT NULL,
  seq INTEGER NOT NULL,
  at INTEGER NOT NULL,
  via TEXT NOT NULL CHECK (via IN ('phone', 'file')),
  brought_by TEXT,
  sealed TEXT NOT NULL,
  sig TEXT NOT NULL,
  state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'filed', 'set_aside')),
  settled_at INTEGER,
  settled_by TEXT,
  settled_seq INTEGER,
  reason TEXT,
  UNIQUE (device, n, hash)
) STRICT;
CREATE INDEX salvage_waiting ON salvage (org, device, n) WHERE state = 'waiting';

-- Numbers of a device that no database and no phone has any more, after a restore to an old backup.
CREATE TABLE lost_change (
  org INTEGER NOT NULL,
  device INTEGER NOT NULL,
  first_n INTEGER NOT NULL,
  last_n INTEGER NOT NULL,
  at INTEGER NOT NULL,
  by_person TEXT,
  acknowledged_at INTEGER,
  acknowledged_by TEXT,
  PRIMARY KEY (device, first_n)
) STRICT, WITHOUT ROWID;

-- What an administrator must look at. `count`: how often since it was last acknowledged.
CREATE TABLE alarm (
  id INTEGER PRIMARY KEY,
  org INTEGER NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('cursor_ahead', 'device_forked')),
  device INTEGER NOT NULL,
  at INTEGER NOT NULL,
  last_at INTEGER NOT NULL,
  count INTEGER NOT NULL DEFAULT 1,
  detail TEXT,
  acknowledged_at INTEGER,
  acknowledged_by TEXT
) STRICT;
CREATE UNIQUE INDEX alarm_open ON alarm (org, kind, device) WHERE acknowledged_at IS NULL;

-- `may_skip`: 1 from a restore until the device's first new change after it (sync/lineage.py). `forked_at`: its storage
-- was seen twice, so n alone no longer says what its sealed copies hold. `salvage_left`: sealed copies it still held.
-- `told_at`: it was first answered that it is revoked. `twin_of`: made by the office to file work that no longer fits into the order of that device.
ALTER TABLE device ADD COLUMN may_skip INTEGER NOT NULL DEFAULT 0;
ALTER TABLE device ADD COLUMN forked_at INTEGER;
ALTER TABLE device ADD COLUMN salvage_left INTEGER;
ALTER TABLE device ADD COLUMN twin_of INTEGER;
ALTER TABLE device ADD COLUMN told_at INTEGER;

ALTER TABLE quarantine ADD COLUMN settled_at INTEGER;
ALTER TABLE quarantine ADD COLUMN settled_by TEXT;
ALTER TABLE quarantine ADD COLUMN reason TEXT;
CREATE INDEX quarantine_open ON quarantine (org, seq) WHERE settled_at IS NULL;

CREATE INDEX organisation_record ON record (org) WHERE type = 'organisation';

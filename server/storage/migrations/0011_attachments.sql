-- Photos and scans beside notes: sealed bytes under a key that only the note holds, named by their own SHA-256.

-- `have`: bytes kept so far, from the beginning on. `seq`, `at`: position and time at which it became whole; NULL before.
CREATE TABLE attachment (
  key INTEGER PRIMARY KEY,
  org INTEGER NOT NULL,
  id TEXT NOT NULL,
  size INTEGER NOT NULL,
  have INTEGER NOT NULL DEFAULT 0,
  device INTEGER NOT NULL REFERENCES device (key),
  begun_at INTEGER NOT NULL,
  seq INTEGER,
  at INTEGER
) STRICT;
CREATE UNIQUE INDEX attachment_id ON attachment (org, id);
CREATE INDEX attachment_device ON attachment (device, seq);

CREATE TABLE attachment_piece (
  attachment INTEGER NOT NULL REFERENCES attachment (key),
  begins INTEGER NOT NULL,
  bytes BLOB NOT NULL,
  PRIMARY KEY (attachment, begins)
) STRICT;

-- What left the organisation: who gave what to whom, why, on which legal basis. Written once, in the transaction before
-- the file is handed over, and never altered. `hash`: SHA-256 of the bytes that left. `left_out`: notes that were chosen
-- but lacked the basis.
CREATE TABLE disclosure (
  id TEXT PRIMARY KEY,
  org INTEGER NOT NULL,
  at INTEGER NOT NULL,
  by_person TEXT NOT NULL,
  recipient TEXT NOT NULL,
  purpose TEXT NOT NULL,
  basis TEXT NOT NULL,
  reference TEXT NOT NULL,
  format TEXT NOT NULL CHECK (format IN ('csv', 'words', 'print', 'figures')),
  notes INTEGER NOT NULL,
  left_out INTEGER NOT NULL,
  first_day INTEGER NOT NULL,
  last_day INTEGER NOT NULL,
  hash TEXT NOT NULL
) STRICT;
CREATE INDEX disclosure_of_org ON disclosure (org, at);

CREATE TABLE disclosure_person (
  org INTEGER NOT NULL,
  participant TEXT NOT NULL,
  disclosure TEXT NOT NULL,
  notes INTEGER NOT NULL,
  PRIMARY KEY (org, participant, disclosure)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER disclosure_is_append_only_1 BEFORE UPDATE ON disclosure BEGIN SELECT RAISE(ABORT, 'the accounting is append-only'); END;
CREATE TRIGGER disclosure_is_append_only_2 BEFORE DELETE ON disclosure BEGIN SELECT RAISE(ABORT, 'the accounting is append-only'); END;
CREATE TRIGGER disclosure_is_append_only_3 BEFORE UPDATE ON disclosure_person BEGIN SELECT RAISE(ABORT, 'the accounting is append-only'); END;
CREATE TRIGGER disclosure_is_append_only_4 BEFORE DELETE ON disclosure_person BEGIN SELECT RAISE(ABORT, 'the accounting is append-only'); END;

-- The loop between a specialist and a supervisor: returns, co-signatures, closed safety flags; and covers that end.

-- `returned`, `cosigned`, `flag_closed`: JSON, as in the body of a record. `supersedes`: the note that this one revises.
-- `waits_since`: when the earliest return was made that its author has not answered; a revision answers too, and is
-- found by `supersedes`.
ALTER TABLE record ADD COLUMN returned TEXT;
ALTER TABLE record ADD COLUMN cosigned TEXT;
ALTER TABLE record ADD COLUMN flag_closed TEXT;
ALTER TABLE record ADD COLUMN supersedes TEXT;
ALTER TABLE record ADD COLUMN waits_since INTEGER;

CREATE INDEX note_supersedes ON record (org, supersedes, state) WHERE supersedes IS NOT NULL;
CREATE INDEX note_returned ON record (org, waits_since) WHERE waits_since IS NOT NULL;
CREATE INDEX note_not_cosigned ON record (org, signed_at) WHERE cosigned IS NULL AND state = 'signed';
CREATE INDEX assignment_record ON record (org) WHERE type = 'assignment' AND state = 'open';
CREATE INDEX task_record ON record (org) WHERE type = 'task' AND state = 'open';

-- Indexes of the supervisors' door. One of them covers everything the dashboard counts or filters notes by, so that a
-- figure over a hundred thousand notes reads the index alone and in its order; see server/bench/dashboard.py.

CREATE INDEX note_activity ON record
  (org, day, site, contact_kind, started_at, ended_at, author, state, support, flag, signed_at, bucket)
  WHERE day IS NOT NULL;
CREATE INDEX note_flagged ON record (org, flag, started_at) WHERE flag > 0;
CREATE INDEX returned_open ON record (org, received) WHERE type = 'returned' AND state = 'open';

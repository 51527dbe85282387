-- Sessions with many people, and working time that no person shared. Their rows repeat `site`, `started_at` and `ended_at`
-- like notes do, with the session's sort or the activity in `contact_kind`; `day` stays NULL, so that no figure about
-- notes counts them.

CREATE INDEX session_record ON record (org, started_at) WHERE type = 'session';
CREATE INDEX work_time_record ON record (org, started_at, author, contact_kind, ended_at, state) WHERE type = 'work_time';

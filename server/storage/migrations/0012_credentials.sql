-- Credentials that end soon are looked for on every page of the dashboard, among all that is kept.
CREATE INDEX credential_record ON record (org) WHERE type = 'credential';

-- Consents are few beside notes; those that end soon are looked for on every first page.
CREATE INDEX consent_record ON record (org) WHERE type = 'consent';

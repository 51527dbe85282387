-- What ends on a day and warns before it, found by that day: the consents in force and the credentials in use lie among
-- all that is kept, and are asked for by every page of the dashboard. `ends_on`: YYYY-MM-DD; NULL for what never ends
-- or has ended already (taken back, replaced).
ALTER TABLE record ADD COLUMN ends_on TEXT;
UPDATE record SET ends_on = (
  SELECT CASE f.type
    WHEN 'consent' THEN CASE WHEN COALESCE(f.fields_json ->> '$.revoked_on', '') = '' THEN f.fields_json ->> '$.expires_on' END
    ELSE CASE WHEN COALESCE(f.fields_json ->> '$.is_over', 0) = 0 THEN f.fields_json ->> '$.ends_on' END
  END
  FROM record_fields f WHERE f.org = record.org AND f.doc = record.doc
) WHERE type IN ('consent', 'credential');
UPDATE record SET ends_on = NULL WHERE ends_on = '';
CREATE INDEX record_ending ON record (org, type, ends_on) WHERE ends_on IS NOT NULL;
DROP INDEX consent_record;
DROP INDEX credential_record;

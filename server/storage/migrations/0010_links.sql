-- Referrals and check-ins, which the dashboard reads whole: they lie among all that is kept about people.
CREATE INDEX referral_record ON record (org) WHERE type = 'referral';
CREATE INDEX checkin_record ON record (org) WHERE type = 'checkin';

-- One index on the unfinished sessions of an organization: in order of expiry, and with the columns that identify the
-- sessions of a revoked key. Every upload adds an entry to each index on unfinished sessions and removes it later.
DROP INDEX unfinished_upload_sessions_by_key;
DROP INDEX unfinished_upload_sessions_of_organization;
CREATE INDEX unfinished_upload_sessions_of_organization
  ON upload_sessions (organization_id, expires_at_ms, state, api_key_id, api_key_generation)
  WHERE state IN ('open', 'small-chunk', 'dead');

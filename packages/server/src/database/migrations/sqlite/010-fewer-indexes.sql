-- One index for the unfinished sessions of an organization, by when their time is over, and with what tells those of a
-- revoked key. Each index on these sessions costs every upload an entry that is added and removed.
DROP INDEX unfinished_upload_sessions_by_key;
DROP INDEX unfinished_upload_sessions_of_organization;
CREATE INDEX unfinished_upload_sessions_of_organization
  ON upload_sessions (organization_id, expires_at_ms, state, api_key_id, api_key_generation)
  WHERE state IN ('open', 'small-chunk', 'dead');

-- Counts the revocations of the key: what was made before one carries a smaller number.
ALTER TABLE api_keys ADD COLUMN generation BIGINT NOT NULL DEFAULT 0;

-- The key that opened the session, and its generation at that time; null for the operator and for older sessions.
ALTER TABLE upload_sessions ADD COLUMN api_key_id TEXT;
ALTER TABLE upload_sessions ADD COLUMN api_key_generation BIGINT;

CREATE INDEX unfinished_upload_sessions_by_key ON upload_sessions (api_key_id, api_key_generation)
  WHERE state IN ('open', 'small-chunk', 'dead');

-- Of keys that may be deleted already: what they made in generations below these numbers is revoked.
CREATE TABLE key_revocations (
  api_key_id TEXT PRIMARY KEY,
  organization_id TEXT NOT NULL REFERENCES organizations (id),
  sessions_below BIGINT NOT NULL,
  links_below BIGINT NOT NULL,
  revoked_at_ms BIGINT NOT NULL,
  -- Since when there may be sessions to end; null once all are ended.
  unended_since_ms BIGINT
);

CREATE INDEX unended_key_revocations ON key_revocations (unended_since_ms) WHERE unended_since_ms IS NOT NULL;
CREATE INDEX key_revocations_by_time ON key_revocations (revoked_at_ms);

-- The latest time that a process of the installation has seen: one row, once there is a server.
CREATE TABLE installation_clock (
  id BIGINT PRIMARY KEY CHECK (id = 1),
  latest_ms BIGINT NOT NULL,
  -- Counts the resets by the operator: a process that has not heard of one must not undo it.
  resets BIGINT NOT NULL
);

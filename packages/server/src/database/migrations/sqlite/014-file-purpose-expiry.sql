-- Label of the OpenAI API, and the time at which a File deletes itself. A null purpose is "user_data".
ALTER TABLE files ADD COLUMN purpose TEXT;
ALTER TABLE files ADD COLUMN expires_at_ms BIGINT;

-- Lifetime of the future File; null when it has none.
ALTER TABLE upload_sessions ADD COLUMN file_lifetime_ms BIGINT;

CREATE INDEX files_by_purpose ON files (organization_id, purpose, uploaded_at_ms DESC, id DESC)
  WHERE deleted_at_ms IS NULL AND purpose IS NOT NULL;

CREATE INDEX expiring_files ON files (expires_at_ms) WHERE deleted_at_ms IS NULL AND expires_at_ms IS NOT NULL;

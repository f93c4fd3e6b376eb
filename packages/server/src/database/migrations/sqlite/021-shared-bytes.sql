-- The first File with these bytes, when they were taken from a stored object; null when they were received.
ALTER TABLE files ADD COLUMN shares_bytes_of TEXT;
-- The same for the File of the session.
ALTER TABLE upload_sessions ADD COLUMN shares_bytes_of TEXT;

CREATE INDEX files_sharing_bytes ON files (shares_bytes_of) WHERE deleted_at_ms IS NULL AND shares_bytes_of IS NOT NULL;

-- Files whose bytes an upload with an announced SHA-256 may share.
CREATE INDEX files_by_sha256 ON files (organization_id, sha256, size_bytes)
  WHERE deleted_at_ms IS NULL AND sha256 IS NOT NULL;

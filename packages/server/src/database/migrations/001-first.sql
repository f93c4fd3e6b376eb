-- Times are milliseconds since 1970, in UTC. Sizes are bytes. Booleans do not occur.

CREATE TABLE organizations (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('active', 'deactivated')),
  storage_limit_bytes BIGINT,
  storage_used_bytes BIGINT NOT NULL,
  storage_reserved_bytes BIGINT NOT NULL,
  -- Kept with each change, because counting a million files takes longer than listing a page of them.
  file_count BIGINT NOT NULL,
  created_at_ms BIGINT NOT NULL,
  updated_at_ms BIGINT NOT NULL
);

CREATE TABLE api_keys (
  id TEXT PRIMARY KEY,
  organization_id TEXT NOT NULL REFERENCES organizations (id),
  name TEXT NOT NULL,
  prefix TEXT NOT NULL,
  secret_sha256 TEXT NOT NULL UNIQUE,
  scopes TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('active', 'paused', 'deactivated')),
  created_at_ms BIGINT NOT NULL,
  expires_at_ms BIGINT,
  last_used_at_ms BIGINT
);

CREATE INDEX api_keys_by_organization ON api_keys (organization_id, id);

CREATE TABLE upload_sessions (
  file_id TEXT PRIMARY KEY,
  organization_id TEXT NOT NULL REFERENCES organizations (id),
  upload_id_sha256 TEXT NOT NULL UNIQUE,
  object_name TEXT NOT NULL UNIQUE,
  filename TEXT NOT NULL,
  size_bytes BIGINT NOT NULL,
  content_type TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('open', 'small-chunk', 'dead', 'cancelled', 'registered')),
  -- Of the chunk that was too small; null in every other state.
  small_chunk_bytes BIGINT,
  announced_crc32c TEXT,
  announced_md5 TEXT,
  created_at_ms BIGINT NOT NULL,
  expires_at_ms BIGINT NOT NULL
);

CREATE INDEX open_upload_sessions ON upload_sessions (organization_id, created_at_ms DESC, file_id DESC)
  WHERE state IN ('open', 'small-chunk');

-- A deleted file keeps its row: its id stays a cursor, its path stays refused, and its bytes can be swept.
CREATE TABLE files (
  id TEXT PRIMARY KEY REFERENCES upload_sessions (file_id),
  organization_id TEXT NOT NULL REFERENCES organizations (id),
  filename TEXT NOT NULL,
  size_bytes BIGINT NOT NULL,
  content_type TEXT NOT NULL,
  object_name TEXT NOT NULL UNIQUE,
  generation TEXT NOT NULL,
  crc32c TEXT NOT NULL,
  uploaded_by_api_key_id TEXT,
  uploaded_at_ms BIGINT NOT NULL,
  deleted_at_ms BIGINT
);

CREATE INDEX files_newest_first ON files (organization_id, uploaded_at_ms DESC, id DESC)
  WHERE deleted_at_ms IS NULL;

-- Secrets of the whole installation, made once by whichever process comes first.
CREATE TABLE installation_secrets (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
);

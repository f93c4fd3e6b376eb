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
  -- The key that made this one; null when the operator did.
  created_by TEXT,
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
  state TEXT NOT NULL CHECK (state IN ('open', 'small-chunk', 'dead', 'cancelled', 'expired', 'registered')),
  -- Of the chunk that was too small; null in every other state.
  small_chunk_bytes BIGINT,
  announced_crc32c TEXT,
  announced_md5 TEXT,
  created_at_ms BIGINT NOT NULL,
  expires_at_ms BIGINT NOT NULL
);

CREATE INDEX open_upload_sessions ON upload_sessions (organization_id, created_at_ms DESC, file_id DESC)
  WHERE state IN ('open', 'small-chunk');

-- Those that hold a reservation, by when they have to give it back.
CREATE INDEX unfinished_upload_sessions ON upload_sessions (expires_at_ms)
  WHERE state IN ('open', 'small-chunk', 'dead');

-- Those that are over, by when they can be forgotten.
CREATE INDEX ended_upload_sessions ON upload_sessions (expires_at_ms)
  WHERE state IN ('cancelled', 'expired');

-- A deleted file keeps its row: its id stays a cursor, its path stays refused, and its bytes can be swept.
CREATE TABLE files (
  id TEXT PRIMARY KEY,
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

CREATE INDEX deleted_files ON files (deleted_at_ms) WHERE deleted_at_ms IS NOT NULL;

-- Objects that a sweep found without any record: no file may be made of one, since its bytes are going.
CREATE TABLE disowned_objects (
  object_name TEXT PRIMARY KEY,
  disowned_at_ms BIGINT NOT NULL
);

-- Who did what, and what was refused to whom.
CREATE TABLE audit_events (
  id INTEGER PRIMARY KEY,
  time_ms BIGINT NOT NULL,
  -- Null where a request showed no organization that it belongs to.
  organization_id TEXT,
  -- A key's id, 'operator' for the command line, or null for a request without a valid key.
  actor TEXT,
  -- The operation's name, such as registerFile.
  action TEXT NOT NULL,
  -- The id of the thing, or null.
  target TEXT,
  -- 'ok' or an error code.
  outcome TEXT NOT NULL,
  trace_id TEXT NOT NULL
);

CREATE INDEX audit_events_by_time ON audit_events (time_ms);

-- Secrets of the whole installation, made once by whichever process comes first.
CREATE TABLE installation_secrets (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
);

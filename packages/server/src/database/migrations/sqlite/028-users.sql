-- Persons who sign in with the OpenID Connect provider.
CREATE TABLE users (
  id TEXT PRIMARY KEY,
  issuer TEXT NOT NULL,
  subject TEXT NOT NULL,
  name TEXT,
  email TEXT,
  is_email_verified INTEGER NOT NULL,
  created_at_ms BIGINT NOT NULL,
  -- Time at which the newest known token was issued. The columns above have what this token says.
  last_sign_in_at_ms BIGINT NOT NULL
);

CREATE UNIQUE INDEX users_by_identity ON users (issuer, subject);

-- Users of organizations, and invitations: these have no user yet.
CREATE TABLE members (
  id TEXT PRIMARY KEY,
  organization_id TEXT NOT NULL REFERENCES organizations (id),
  user_id TEXT REFERENCES users (id),
  -- Invited address in lower case; null for a member that was added without one.
  email TEXT,
  role TEXT NOT NULL CHECK (role IN ('owner', 'admin', 'member', 'viewer')),
  -- Names of departments as JSON.
  departments TEXT NOT NULL,
  -- Key or user that added the member; null when the operator or the provider did.
  added_by TEXT,
  created_at_ms BIGINT NOT NULL,
  joined_at_ms BIGINT
);

CREATE UNIQUE INDEX members_of_organization ON members (organization_id, id);
CREATE UNIQUE INDEX members_by_user ON members (user_id, organization_id) WHERE user_id IS NOT NULL;
CREATE UNIQUE INDEX invitations_by_email ON members (email, organization_id) WHERE user_id IS NULL;
CREATE INDEX owners_of_organization ON members (organization_id) WHERE role = 'owner' AND user_id IS NOT NULL;

-- The departments of members, one a row, for the access rules of vector stores.
CREATE TABLE member_departments (
  member_id TEXT NOT NULL REFERENCES members (id) ON DELETE CASCADE,
  department TEXT NOT NULL,
  PRIMARY KEY (member_id, department)
);

-- User that uploaded the File, or added it to the store; null when a key or the operator did.
ALTER TABLE files ADD COLUMN uploaded_by TEXT;
ALTER TABLE vector_store_files ADD COLUMN added_by TEXT;
-- User that opened the session; null for others.
ALTER TABLE upload_sessions ADD COLUMN user_id TEXT;

-- Departments as JSON that may use the store. Such a store is `private` for versions that do not know departments.
ALTER TABLE vector_stores ADD COLUMN access_departments TEXT;
-- Users as JSON that may use a private store; null for none.
ALTER TABLE vector_stores ADD COLUMN access_users TEXT;

-- The users and departments of these columns that have access, one a row.
CREATE TABLE vector_store_grants (
  vector_store_id TEXT NOT NULL REFERENCES vector_stores (id) ON DELETE CASCADE,
  kind TEXT NOT NULL CHECK (kind IN ('user', 'department')),
  name TEXT NOT NULL,
  PRIMARY KEY (vector_store_id, kind, name)
);

DROP VIEW file_snapshots;
CREATE VIEW file_snapshots AS
  SELECT id, organization_id, json_object('id', id, 'organization_id', organization_id, 'filename', filename,
    'size_bytes', size_bytes, 'content_type', content_type, 'object_name', object_name, 'generation', generation,
    'crc32c', crc32c, 'uploaded_by_api_key_id', uploaded_by_api_key_id, 'uploaded_by', uploaded_by,
    'uploaded_at_ms', uploaded_at_ms, 'deleted_at_ms', deleted_at_ms, 'detected_content_type', detected_content_type,
    'md5', md5, 'sha256', sha256, 'purpose', purpose, 'expires_at_ms', expires_at_ms, 'damaged_at_ms', damaged_at_ms,
    'shares_bytes_of', shares_bytes_of, 'path', path, 'metadata', metadata, 'trashed_at_ms', trashed_at_ms) AS snapshot
  FROM files;

DROP VIEW vector_store_snapshots;
CREATE VIEW vector_store_snapshots AS
  SELECT id, organization_id, CASE WHEN access_mode = 'private' THEN created_by END AS visible_to,
    json_object('id', id, 'organization_id', organization_id, 'name', name, 'description', description,
      'access_mode', access_mode, 'access_departments', access_departments, 'access_users', access_users,
      'created_by', created_by, 'metadata', metadata, 'created_at_ms', created_at_ms,
      'updated_at_ms', updated_at_ms, 'last_active_at_ms', last_active_at_ms, 'expires_after_days', expires_after_days,
      'expires_at_ms', expires_at_ms, 'expired_at_ms', expired_at_ms, 'deleted_at_ms', deleted_at_ms,
      'in_progress_count', in_progress_count, 'completed_count', completed_count, 'failed_count', failed_count,
      'cancelled_count', cancelled_count, 'data_bytes', data_bytes, 'usage_bytes', usage_bytes, 'seq', seq) AS snapshot
  FROM vector_stores;

DROP VIEW store_file_snapshots;
CREATE VIEW store_file_snapshots AS
  SELECT one.id, one.organization_id, CASE WHEN store.access_mode = 'private' THEN store.created_by END AS visible_to,
    json_object('id', one.id, 'organization_id', one.organization_id, 'vector_store_id', one.vector_store_id,
      'file_id', one.file_id, 'attributes', one.attributes, 'chunking', one.chunking, 'status', one.status,
      'step', one.step, 'progress_percent', one.progress_percent, 'error_code', one.error_code,
      'error_message', one.error_message, 'attempts', one.attempts, 'added_at_ms', one.added_at_ms,
      'added_by_api_key_id', one.added_by_api_key_id, 'added_by', one.added_by, 'started_at_ms', one.started_at_ms,
      'ended_at_ms', one.ended_at_ms, 'revision', one.revision, 'chunk_count', one.chunk_count,
      'usage_bytes', one.usage_bytes, 'embedding_model', one.embedding_model, 'file_filename', files.filename,
      'file_size_bytes', files.size_bytes, 'file_content_type', files.content_type) AS snapshot
  FROM vector_store_files AS one
  JOIN vector_stores AS store ON store.id = one.vector_store_id
  LEFT JOIN files ON files.id = one.file_id AND files.organization_id = one.organization_id
    AND files.deleted_at_ms IS NULL;

-- Members as events have them.
CREATE VIEW member_snapshots AS
  SELECT members.id, members.organization_id, json_object('id', members.id, 'organization_id', members.organization_id,
    'user_id', members.user_id, 'email', members.email, 'role', members.role, 'departments', members.departments,
    'created_at_ms', members.created_at_ms, 'joined_at_ms', members.joined_at_ms, 'user_name', users.name,
    'user_email', users.email) AS snapshot
  FROM members LEFT JOIN users ON users.id = members.user_id;

-- An invitation is no member yet.
CREATE TRIGGER tell_member_added AFTER INSERT ON members WHEN NEW.user_id IS NOT NULL
BEGIN
  INSERT INTO new_events (organization_id, type, snapshot)
    SELECT organization_id, 'member.added', snapshot FROM member_snapshots WHERE id = NEW.id;
END;

CREATE TRIGGER tell_member_joined AFTER UPDATE OF user_id ON members
  WHEN OLD.user_id IS NULL AND NEW.user_id IS NOT NULL
BEGIN
  INSERT INTO new_events (organization_id, type, snapshot)
    SELECT organization_id, 'member.added', snapshot FROM member_snapshots WHERE id = NEW.id;
END;

CREATE TRIGGER tell_member_removed BEFORE DELETE ON members WHEN OLD.user_id IS NOT NULL
BEGIN
  INSERT INTO new_events (organization_id, type, snapshot)
    SELECT organization_id, 'member.removed', snapshot FROM member_snapshots WHERE id = OLD.id;
END;

-- Outbox: an event of each change that clients may want to know, written by triggers in the transaction of the change.
CREATE TABLE events (
  id TEXT PRIMARY KEY,
  organization_id TEXT NOT NULL,
  -- Place in the order of the commits, from 1.
  position BIGINT,
  type TEXT NOT NULL,
  created_at_ms BIGINT NOT NULL,
  -- Key that made the private vector store of the event: other keys do not see the event. Null when all may see it.
  visible_to TEXT,
  -- The row of the changed record after the change, as JSON.
  snapshot TEXT NOT NULL
);

CREATE UNIQUE INDEX events_in_order ON events (position);
CREATE UNIQUE INDEX events_of_organization ON events (organization_id, position);

-- At most one row.
CREATE TABLE event_state (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  -- Position of the newest event.
  position BIGINT NOT NULL,
  -- Time up to which Files that expire have their event `file.expiring`; null before the first one was looked for.
  expiry_noted_ms BIGINT
);

CREATE VIEW new_events AS SELECT organization_id, type, visible_to, snapshot FROM events;

CREATE TRIGGER add_event INSTEAD OF INSERT ON new_events
BEGIN
  INSERT INTO event_state (id, position) VALUES (1, 1)
    ON CONFLICT (id) DO UPDATE SET position = event_state.position + 1;
  INSERT INTO events (id, organization_id, position, type, created_at_ms, visible_to, snapshot)
    SELECT 'evt_' || lower(hex(randomblob(16))), NEW.organization_id, position, NEW.type,
      CAST(unixepoch('subsec') * 1000 AS INTEGER), NEW.visible_to, NEW.snapshot
    FROM event_state;
END;

-- Rows as events have them, without secrets. A later migration that adds a column renews the view.
CREATE VIEW file_snapshots AS
  SELECT id, organization_id, json_object('id', id, 'organization_id', organization_id, 'filename', filename,
    'size_bytes', size_bytes, 'content_type', content_type, 'object_name', object_name, 'generation', generation,
    'crc32c', crc32c, 'uploaded_by_api_key_id', uploaded_by_api_key_id, 'uploaded_at_ms', uploaded_at_ms,
    'deleted_at_ms', deleted_at_ms, 'detected_content_type', detected_content_type, 'md5', md5, 'sha256', sha256,
    'purpose', purpose, 'expires_at_ms', expires_at_ms, 'damaged_at_ms', damaged_at_ms,
    'shares_bytes_of', shares_bytes_of, 'path', path, 'metadata', metadata, 'trashed_at_ms', trashed_at_ms) AS snapshot
  FROM files;

CREATE VIEW upload_snapshots AS
  SELECT file_id, organization_id, json_object('file_id', file_id, 'filename', filename, 'size_bytes', size_bytes,
    'is_length_deferred', is_length_deferred, 'content_type', content_type, 'protocol', protocol,
    'created_at_ms', created_at_ms, 'expires_at_ms', expires_at_ms, 'failure_code', failure_code,
    'failure_message', failure_message) AS snapshot
  FROM upload_sessions;

CREATE VIEW vector_store_snapshots AS
  SELECT id, organization_id, CASE WHEN access_mode = 'private' THEN created_by END AS visible_to,
    json_object('id', id, 'organization_id', organization_id, 'name', name, 'description', description,
      'access_mode', access_mode, 'created_by', created_by, 'metadata', metadata, 'created_at_ms', created_at_ms,
      'updated_at_ms', updated_at_ms, 'last_active_at_ms', last_active_at_ms, 'expires_after_days', expires_after_days,
      'expires_at_ms', expires_at_ms, 'expired_at_ms', expired_at_ms, 'deleted_at_ms', deleted_at_ms,
      'in_progress_count', in_progress_count, 'completed_count', completed_count, 'failed_count', failed_count,
      'cancelled_count', cancelled_count, 'data_bytes', data_bytes, 'usage_bytes', usage_bytes, 'seq', seq) AS snapshot
  FROM vector_stores;

CREATE VIEW store_file_snapshots AS
  SELECT one.id, one.organization_id, CASE WHEN store.access_mode = 'private' THEN store.created_by END AS visible_to,
    json_object('id', one.id, 'organization_id', one.organization_id, 'vector_store_id', one.vector_store_id,
      'file_id', one.file_id, 'attributes', one.attributes, 'chunking', one.chunking, 'status', one.status,
      'step', one.step, 'progress_percent', one.progress_percent, 'error_code', one.error_code,
      'error_message', one.error_message, 'attempts', one.attempts, 'added_at_ms', one.added_at_ms,
      'added_by_api_key_id', one.added_by_api_key_id, 'started_at_ms', one.started_at_ms,
      'ended_at_ms', one.ended_at_ms, 'revision', one.revision, 'chunk_count', one.chunk_count,
      'usage_bytes', one.usage_bytes, 'embedding_model', one.embedding_model, 'file_filename', files.filename,
      'file_size_bytes', files.size_bytes, 'file_content_type', files.content_type) AS snapshot
  FROM vector_store_files AS one
  JOIN vector_stores AS store ON store.id = one.vector_store_id
  LEFT JOIN files ON files.id = one.file_id AND files.organization_id = one.organization_id
    AND files.deleted_at_ms IS NULL;

CREATE VIEW files_of_batches AS
  SELECT link.batch_id, one.status
  FROM vector_store_batch_files AS link
  JOIN vector_store_files AS one ON one.id = link.vector_store_file_id
  WHERE one.removed_at_ms IS NULL;

-- Batches all of whose files have a final state.
CREATE VIEW ended_file_batches AS
  SELECT batch.id, batch.organization_id, CASE WHEN store.access_mode = 'private' THEN store.created_by END AS visible_to,
    json_object('id', batch.id, 'organization_id', batch.organization_id, 'vector_store_id', batch.vector_store_id,
      'created_at_ms', batch.created_at_ms, 'cancelled_at_ms', batch.cancelled_at_ms, 'in_progress_count', 0,
      'completed_count', (SELECT count(*) FROM files_of_batches WHERE batch_id = batch.id AND status = 'completed'),
      'failed_count', (SELECT count(*) FROM files_of_batches WHERE batch_id = batch.id AND status = 'failed'),
      'cancelled_count', (SELECT count(*) FROM files_of_batches WHERE batch_id = batch.id AND status = 'cancelled')
    ) AS snapshot
  FROM vector_store_batches AS batch
  JOIN vector_stores AS store ON store.id = batch.vector_store_id
  WHERE NOT EXISTS (
    SELECT 1 FROM files_of_batches WHERE batch_id = batch.id AND status IN ('pending', 'processing'));

CREATE VIEW api_key_snapshots AS
  SELECT id, organization_id, json_object('id', id, 'organization_id', organization_id, 'name', name,
    'prefix', prefix, 'scopes', scopes, 'state', state, 'created_by', created_by, 'created_at_ms', created_at_ms,
    'expires_at_ms', expires_at_ms, 'last_used_at_ms', last_used_at_ms, 'generation', generation) AS snapshot
  FROM api_keys;

CREATE TRIGGER tell_file_created AFTER INSERT ON files WHEN NEW.deleted_at_ms IS NULL
BEGIN
  INSERT INTO new_events (organization_id, type, snapshot)
    SELECT organization_id, 'file.created', snapshot FROM file_snapshots WHERE id = NEW.id;
END;

CREATE TRIGGER tell_file_deleted AFTER UPDATE OF deleted_at_ms ON files
  WHEN OLD.deleted_at_ms IS NULL AND NEW.deleted_at_ms IS NOT NULL
BEGIN
  INSERT INTO new_events (organization_id, type, snapshot)
    SELECT organization_id, CASE WHEN NEW.expires_at_ms <= NEW.deleted_at_ms THEN 'file.expired' ELSE 'file.deleted' END,
      snapshot
    FROM file_snapshots WHERE id = NEW.id;
END;

CREATE TRIGGER tell_file_trashed AFTER UPDATE OF trashed_at_ms ON files
  WHEN (OLD.trashed_at_ms IS NULL) <> (NEW.trashed_at_ms IS NULL) AND NEW.deleted_at_ms IS NULL
BEGIN
  INSERT INTO new_events (organization_id, type, snapshot)
    SELECT organization_id, CASE WHEN NEW.trashed_at_ms IS NULL THEN 'file.restored' ELSE 'file.trashed' END, snapshot
    FROM file_snapshots WHERE id = NEW.id;
END;

CREATE TRIGGER tell_file_damaged AFTER UPDATE OF damaged_at_ms ON files
  WHEN OLD.damaged_at_ms IS NULL AND NEW.damaged_at_ms IS NOT NULL AND NEW.deleted_at_ms IS NULL
BEGIN
  INSERT INTO new_events (organization_id, type, snapshot)
    SELECT organization_id, 'file.damaged', snapshot FROM file_snapshots WHERE id = NEW.id;
END;

-- Partial uploads of a concatenation have no File to become.
CREATE TRIGGER tell_upload_ended AFTER UPDATE OF state ON upload_sessions
  WHEN OLD.state IN ('open', 'dead') AND NEW.state IN ('cancelled', 'expired') AND NEW.failure_code IS NULL
    AND NEW.registers <> 'never'
BEGIN
  INSERT INTO new_events (organization_id, type, snapshot)
    SELECT organization_id, 'upload.' || NEW.state, snapshot FROM upload_snapshots WHERE file_id = NEW.file_id;
END;

CREATE TRIGGER tell_upload_rejected AFTER UPDATE OF failure_code ON upload_sessions
  WHEN OLD.failure_code IS NULL AND NEW.failure_code IS NOT NULL
BEGIN
  INSERT INTO new_events (organization_id, type, snapshot)
    SELECT organization_id, 'file.rejected', snapshot FROM upload_snapshots WHERE file_id = NEW.file_id;
END;

-- The store as it was before: its deletion empties its name.
CREATE TRIGGER tell_store_deleted BEFORE UPDATE OF deleted_at_ms ON vector_stores
  WHEN OLD.deleted_at_ms IS NULL AND NEW.deleted_at_ms IS NOT NULL
BEGIN
  INSERT INTO new_events (organization_id, type, visible_to, snapshot)
    SELECT organization_id, 'vector_store.deleted', visible_to, snapshot
    FROM vector_store_snapshots WHERE id = NEW.id;
END;

CREATE TRIGGER tell_store_expired AFTER UPDATE OF expired_at_ms ON vector_stores
  WHEN OLD.expired_at_ms IS NULL AND NEW.expired_at_ms IS NOT NULL AND NEW.deleted_at_ms IS NULL
BEGIN
  INSERT INTO new_events (organization_id, type, visible_to, snapshot)
    SELECT organization_id, 'vector_store.expired', visible_to, snapshot
    FROM vector_store_snapshots WHERE id = NEW.id;
END;

CREATE TRIGGER tell_store_file_failed AFTER INSERT ON vector_store_files WHEN NEW.status = 'failed'
BEGIN
  INSERT INTO new_events (organization_id, type, visible_to, snapshot)
    SELECT organization_id, 'vector_store.file.failed', visible_to, snapshot
    FROM store_file_snapshots WHERE id = NEW.id;
END;

CREATE TRIGGER tell_store_file_ended AFTER UPDATE OF status, removed_at_ms ON vector_store_files
  WHEN OLD.removed_at_ms IS NULL AND OLD.status IN ('pending', 'processing')
    AND (NEW.removed_at_ms IS NOT NULL OR NEW.status IN ('completed', 'failed', 'cancelled'))
BEGIN
  INSERT INTO new_events (organization_id, type, visible_to, snapshot)
    SELECT organization_id, 'vector_store.file.' || NEW.status, visible_to, snapshot
    FROM store_file_snapshots WHERE id = NEW.id AND NEW.removed_at_ms IS NULL;
  INSERT INTO new_events (organization_id, type, visible_to, snapshot)
    SELECT organization_id, 'vector_store.file_batch.completed', visible_to, snapshot
    FROM ended_file_batches
    WHERE id IN (SELECT batch_id FROM vector_store_batch_files WHERE vector_store_file_id = NEW.id);
END;

CREATE TRIGGER tell_api_key_created AFTER INSERT ON api_keys
BEGIN
  INSERT INTO new_events (organization_id, type, snapshot)
    SELECT organization_id, 'api_key.created', snapshot FROM api_key_snapshots WHERE id = NEW.id;
END;

CREATE TRIGGER tell_api_key_deleted BEFORE DELETE ON api_keys
BEGIN
  INSERT INTO new_events (organization_id, type, snapshot)
    SELECT organization_id, 'api_key.deleted', snapshot FROM api_key_snapshots WHERE id = OLD.id;
END;

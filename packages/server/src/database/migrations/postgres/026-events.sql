-- Outbox: an event of each change that clients may want to know, written by triggers in the transaction of the change.
CREATE TABLE events (
  id TEXT COLLATE "C" PRIMARY KEY DEFAULT 'evt_' || replace(gen_random_uuid()::text, '-', ''),
  organization_id TEXT COLLATE "C" NOT NULL,
  -- Place in the order of the commits, from 1; null until a reader has numbered the event. A number that is drawn before
  -- the commit would let readers pass an event that commits later.
  position BIGINT,
  type TEXT COLLATE "C" NOT NULL,
  created_at_ms BIGINT NOT NULL DEFAULT floor(extract(epoch FROM clock_timestamp()) * 1000),
  -- Key that made the private vector store of the event: other keys do not see the event. Null when all may see it.
  visible_to TEXT COLLATE "C",
  -- The row of the changed record after the change, as JSON.
  snapshot TEXT NOT NULL
);

CREATE UNIQUE INDEX events_in_order ON events (position);
CREATE UNIQUE INDEX events_of_organization ON events (organization_id, position);
CREATE INDEX events_without_number ON events (created_at_ms) WHERE position IS NULL;

-- At most one row.
CREATE TABLE event_state (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  -- Position of the newest event.
  position BIGINT NOT NULL,
  -- Time up to which Files that expire have their event `file.expiring`; null before the first one was looked for.
  expiry_noted_ms BIGINT
);

CREATE VIEW file_snapshots AS SELECT id, organization_id, to_jsonb(files)::text AS snapshot FROM files;

CREATE VIEW new_events AS SELECT organization_id, type, visible_to, snapshot FROM events;

CREATE VIEW files_of_batches AS
  SELECT link.batch_id, one.status
  FROM vector_store_batch_files AS link
  JOIN vector_store_files AS one ON one.id = link.vector_store_file_id
  WHERE one.removed_at_ms IS NULL;

-- Batches all of whose files have a final state.
CREATE VIEW ended_file_batches AS
  SELECT batch.id, batch.organization_id, CASE WHEN store.access_mode = 'private' THEN store.created_by END AS visible_to,
    json_build_object('id', batch.id, 'organization_id', batch.organization_id,
      'vector_store_id', batch.vector_store_id, 'created_at_ms', batch.created_at_ms,
      'cancelled_at_ms', batch.cancelled_at_ms, 'in_progress_count', 0,
      'completed_count', (SELECT count(*) FROM files_of_batches WHERE batch_id = batch.id AND status = 'completed'),
      'failed_count', (SELECT count(*) FROM files_of_batches WHERE batch_id = batch.id AND status = 'failed'),
      'cancelled_count', (SELECT count(*) FROM files_of_batches WHERE batch_id = batch.id AND status = 'cancelled')
    )::text AS snapshot
  FROM vector_store_batches AS batch
  JOIN vector_stores AS store ON store.id = batch.vector_store_id
  WHERE NOT EXISTS (
    SELECT FROM files_of_batches WHERE batch_id = batch.id AND status IN ('pending', 'processing'));

-- Adds the event that the trigger names, with the row without secrets: as it is after the change, or as it was before. A
-- copy of a database brings its events with it.
CREATE FUNCTION waybill_tell() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE changed JSONB := to_jsonb(CASE WHEN TG_OP = 'DELETE' OR TG_WHEN = 'BEFORE' THEN OLD ELSE NEW END)
  - '{secret_sha256,upload_id_sha256,upload_handle,protocol_state,search_text}'::text[];
BEGIN
  IF NOT EXISTS (SELECT FROM unfinished_copy) THEN
    INSERT INTO new_events (organization_id, type, visible_to, snapshot)
      VALUES (changed ->> 'organization_id', TG_ARGV[0],
        CASE WHEN changed ->> 'access_mode' = 'private' THEN changed ->> 'created_by' END, changed::text);
  END IF;
  RETURN CASE WHEN TG_WHEN = 'BEFORE' THEN NEW END;
END $$;

CREATE TRIGGER tell_file_created AFTER INSERT ON files FOR EACH ROW WHEN (NEW.deleted_at_ms IS NULL)
  EXECUTE FUNCTION waybill_tell('file.created');

CREATE TRIGGER tell_file_deleted AFTER UPDATE OF deleted_at_ms ON files FOR EACH ROW
  WHEN (OLD.deleted_at_ms IS NULL AND NEW.deleted_at_ms IS NOT NULL
    AND COALESCE(NEW.expires_at_ms > NEW.deleted_at_ms, true))
  EXECUTE FUNCTION waybill_tell('file.deleted');

CREATE TRIGGER tell_file_expired AFTER UPDATE OF deleted_at_ms ON files FOR EACH ROW
  WHEN (OLD.deleted_at_ms IS NULL AND NEW.expires_at_ms <= NEW.deleted_at_ms)
  EXECUTE FUNCTION waybill_tell('file.expired');

CREATE TRIGGER tell_file_trashed AFTER UPDATE OF trashed_at_ms ON files FOR EACH ROW
  WHEN (OLD.trashed_at_ms IS NULL AND NEW.trashed_at_ms IS NOT NULL AND NEW.deleted_at_ms IS NULL)
  EXECUTE FUNCTION waybill_tell('file.trashed');

CREATE TRIGGER tell_file_restored AFTER UPDATE OF trashed_at_ms ON files FOR EACH ROW
  WHEN (OLD.trashed_at_ms IS NOT NULL AND NEW.trashed_at_ms IS NULL AND NEW.deleted_at_ms IS NULL)
  EXECUTE FUNCTION waybill_tell('file.restored');

CREATE TRIGGER tell_file_damaged AFTER UPDATE OF damaged_at_ms ON files FOR EACH ROW
  WHEN (OLD.damaged_at_ms IS NULL AND NEW.damaged_at_ms IS NOT NULL AND NEW.deleted_at_ms IS NULL)
  EXECUTE FUNCTION waybill_tell('file.damaged');

-- Partial uploads of a concatenation have no File to become.
CREATE TRIGGER tell_upload_cancelled AFTER UPDATE OF state ON upload_sessions FOR EACH ROW
  WHEN (OLD.state IN ('open', 'dead') AND NEW.state = 'cancelled' AND NEW.failure_code IS NULL
    AND NEW.registers <> 'never')
  EXECUTE FUNCTION waybill_tell('upload.cancelled');

CREATE TRIGGER tell_upload_expired AFTER UPDATE OF state ON upload_sessions FOR EACH ROW
  WHEN (OLD.state IN ('open', 'dead') AND NEW.state = 'expired' AND NEW.failure_code IS NULL
    AND NEW.registers <> 'never')
  EXECUTE FUNCTION waybill_tell('upload.expired');

CREATE TRIGGER tell_upload_rejected AFTER UPDATE OF failure_code ON upload_sessions FOR EACH ROW
  WHEN (OLD.failure_code IS NULL AND NEW.failure_code IS NOT NULL)
  EXECUTE FUNCTION waybill_tell('file.rejected');

-- The store as it was before: its deletion empties its name.
CREATE TRIGGER tell_store_deleted BEFORE UPDATE OF deleted_at_ms ON vector_stores FOR EACH ROW
  WHEN (OLD.deleted_at_ms IS NULL AND NEW.deleted_at_ms IS NOT NULL)
  EXECUTE FUNCTION waybill_tell('vector_store.deleted');

CREATE TRIGGER tell_store_expired AFTER UPDATE OF expired_at_ms ON vector_stores FOR EACH ROW
  WHEN (OLD.expired_at_ms IS NULL AND NEW.expired_at_ms IS NOT NULL AND NEW.deleted_at_ms IS NULL)
  EXECUTE FUNCTION waybill_tell('vector_store.expired');

CREATE TRIGGER tell_api_key_created AFTER INSERT ON api_keys FOR EACH ROW
  EXECUTE FUNCTION waybill_tell('api_key.created');

CREATE TRIGGER tell_api_key_deleted AFTER DELETE ON api_keys FOR EACH ROW
  EXECUTE FUNCTION waybill_tell('api_key.deleted');

-- Files that have ended in their stores, with the facts of their Files.
CREATE VIEW store_file_snapshots AS
  SELECT one.id, one.organization_id, CASE WHEN store.access_mode = 'private' THEN store.created_by END AS visible_to,
    (to_jsonb(one) || jsonb_build_object('file_filename', files.filename, 'file_size_bytes', files.size_bytes,
      'file_content_type', files.content_type))::text AS snapshot
  FROM vector_store_files AS one
  JOIN vector_stores AS store ON store.id = one.vector_store_id
  LEFT JOIN files ON files.id = one.file_id AND files.organization_id = one.organization_id
    AND files.deleted_at_ms IS NULL;

CREATE FUNCTION waybill_tell_failed_store_files() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM unfinished_copy) THEN RETURN NULL; END IF;
  INSERT INTO new_events (organization_id, type, visible_to, snapshot)
    SELECT organization_id, 'vector_store.file.failed', visible_to, snapshot
    FROM store_file_snapshots WHERE id IN (SELECT id FROM new_files WHERE status = 'failed');
  RETURN NULL;
END $$;

CREATE TRIGGER tell_failed_files AFTER INSERT ON vector_store_files
  REFERENCING NEW TABLE AS new_files FOR EACH STATEMENT EXECUTE FUNCTION waybill_tell_failed_store_files();

-- The trigger comes after the one that counts, which locks the store: two transactions that end the last files of a batch
-- run one by one, and the second one sees that the batch has ended.
CREATE FUNCTION waybill_tell_ended_store_files() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE ended TEXT[];
BEGIN
  SELECT array_agg(new_files.id) INTO ended FROM new_files JOIN old_files ON old_files.id = new_files.id
    WHERE old_files.removed_at_ms IS NULL AND old_files.status IN ('pending', 'processing')
      AND (new_files.removed_at_ms IS NOT NULL OR new_files.status IN ('completed', 'failed', 'cancelled'));
  IF ended IS NULL THEN RETURN NULL; END IF;
  INSERT INTO new_events (organization_id, type, visible_to, snapshot)
    SELECT told.organization_id, 'vector_store.file.' || new_files.status, told.visible_to, told.snapshot
    FROM new_files JOIN store_file_snapshots AS told ON told.id = new_files.id
    WHERE new_files.id = ANY (ended) AND new_files.removed_at_ms IS NULL;
  INSERT INTO new_events (organization_id, type, visible_to, snapshot)
    SELECT organization_id, 'vector_store.file_batch.completed', visible_to, snapshot
    FROM ended_file_batches
    WHERE id IN (SELECT batch_id FROM vector_store_batch_files WHERE vector_store_file_id = ANY (ended));
  RETURN NULL;
END $$;

CREATE TRIGGER tell_ended_files AFTER UPDATE ON vector_store_files
  REFERENCING OLD TABLE AS old_files NEW TABLE AS new_files
  FOR EACH STATEMENT EXECUTE FUNCTION waybill_tell_ended_store_files();

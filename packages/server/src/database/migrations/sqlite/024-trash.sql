-- Time at which the file was moved to the trash; null outside it. A file in the trash is not deleted: its bytes stay, and
-- count in the quota. Processes of earlier versions still show it.
ALTER TABLE files ADD COLUMN trashed_at_ms BIGINT;

-- Lists and searches of files leave out the trash, however large it is.
DROP INDEX files_newest_first;
CREATE INDEX files_newest_first ON files (organization_id, uploaded_at_ms DESC, id DESC)
  WHERE deleted_at_ms IS NULL AND trashed_at_ms IS NULL;
DROP INDEX files_by_purpose;
CREATE INDEX files_by_purpose ON files (organization_id, purpose, uploaded_at_ms DESC, id DESC)
  WHERE deleted_at_ms IS NULL AND trashed_at_ms IS NULL AND purpose IS NOT NULL;

CREATE INDEX trashed_files ON files (organization_id, uploaded_at_ms DESC, id DESC)
  WHERE deleted_at_ms IS NULL AND trashed_at_ms IS NOT NULL;
CREATE INDEX trashed_files_by_time ON files (trashed_at_ms) WHERE deleted_at_ms IS NULL AND trashed_at_ms IS NOT NULL;

DROP INDEX files_by_path;
CREATE INDEX files_by_path ON files (organization_id, path, filename, id)
  WHERE deleted_at_ms IS NULL AND trashed_at_ms IS NULL;
DROP INDEX files_by_name;
CREATE INDEX files_by_name ON files (organization_id, filename, id)
  WHERE deleted_at_ms IS NULL AND trashed_at_ms IS NULL AND search_number IS NOT NULL;
DROP INDEX files_by_size;
CREATE INDEX files_by_size ON files (organization_id, size_bytes, id)
  WHERE deleted_at_ms IS NULL AND trashed_at_ms IS NULL AND search_number IS NOT NULL;
DROP INDEX unindexed_files;
CREATE INDEX unindexed_files ON files (organization_id, uploaded_at_ms, id)
  WHERE deleted_at_ms IS NULL AND trashed_at_ms IS NULL AND search_number IS NULL;

-- Searches forget files that are moved to the trash, and index them again when they are restored.
CREATE TRIGGER forget_trashed_file AFTER UPDATE OF trashed_at_ms ON files
WHEN OLD.trashed_at_ms IS NULL AND NEW.trashed_at_ms IS NOT NULL AND OLD.search_number IS NOT NULL
BEGIN
  DELETE FROM file_terms WHERE rowid = OLD.search_number;
  UPDATE files SET search_number = NULL WHERE id = NEW.id;
END;

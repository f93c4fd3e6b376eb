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
CREATE INDEX files_by_path ON files (organization_id, path, filename COLLATE "C", id)
  WHERE deleted_at_ms IS NULL AND trashed_at_ms IS NULL;
DROP INDEX files_by_name;
CREATE INDEX files_by_name ON files (organization_id, filename COLLATE "C", id)
  WHERE deleted_at_ms IS NULL AND trashed_at_ms IS NULL AND is_indexed IS NOT NULL;
DROP INDEX files_by_size;
CREATE INDEX files_by_size ON files (organization_id, size_bytes, id)
  WHERE deleted_at_ms IS NULL AND trashed_at_ms IS NULL AND is_indexed IS NOT NULL;
DROP INDEX unindexed_files;
CREATE INDEX unindexed_files ON files (organization_id, uploaded_at_ms, id)
  WHERE deleted_at_ms IS NULL AND trashed_at_ms IS NULL AND is_indexed IS NULL;

-- Searches forget files that are moved to the trash, and index them again when they are restored.
CREATE FUNCTION forget_trashed_file() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM file_terms WHERE file_id = OLD.id;
  NEW.is_indexed := NULL;
  RETURN NEW;
END $$;

CREATE TRIGGER forget_trashed_file BEFORE UPDATE OF trashed_at_ms ON files
FOR EACH ROW WHEN (OLD.trashed_at_ms IS NULL AND NEW.trashed_at_ms IS NOT NULL AND OLD.is_indexed IS NOT NULL)
EXECUTE FUNCTION forget_trashed_file();

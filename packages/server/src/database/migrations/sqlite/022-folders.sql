-- Folders end with a slash, and the root is empty: then the order of paths is that of keys, and all paths below a folder
-- are in one range.
ALTER TABLE files ADD COLUMN path TEXT NOT NULL DEFAULT '';
-- JSON. Null for none.
ALTER TABLE files ADD COLUMN metadata TEXT;
-- The name as searches compare it. Null in files of earlier versions until they are indexed.
ALTER TABLE files ADD COLUMN folded_name TEXT;
-- Row of file_terms, in the order of upload times. Null while the file waits for a job to index it.
ALTER TABLE files ADD COLUMN search_number BIGINT;

ALTER TABLE upload_sessions ADD COLUMN file_path TEXT NOT NULL DEFAULT '';
ALTER TABLE upload_sessions ADD COLUMN file_metadata TEXT;

CREATE INDEX files_by_path ON files (organization_id, path, filename, id) WHERE deleted_at_ms IS NULL;

-- Without files that wait: names and sizes come in no order, and each upload would write more pages.
CREATE INDEX files_by_name ON files (organization_id, filename, id)
  WHERE deleted_at_ms IS NULL AND search_number IS NOT NULL;
CREATE INDEX files_by_size ON files (organization_id, size_bytes, id)
  WHERE deleted_at_ms IS NULL AND search_number IS NOT NULL;
CREATE UNIQUE INDEX indexed_files ON files (search_number) WHERE search_number IS NOT NULL;
CREATE INDEX unindexed_files ON files (organization_id, uploaded_at_ms, id)
  WHERE deleted_at_ms IS NULL AND search_number IS NULL;

-- Terms of the files, see file-terms.ts, without their text.
CREATE VIRTUAL TABLE file_terms USING fts5 (terms, content = '', contentless_delete = 1, detail = none, tokenize = 'ascii');

CREATE TRIGGER forget_file_terms AFTER UPDATE OF filename, path, deleted_at_ms ON files
WHEN OLD.search_number IS NOT NULL AND OLD.deleted_at_ms IS NULL
BEGIN
  DELETE FROM file_terms WHERE rowid = OLD.search_number;
END;

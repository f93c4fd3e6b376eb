-- Folders end with a slash, and the root is empty: then the order of paths is that of keys, and all paths below a folder
-- are in one range.
ALTER TABLE files ADD COLUMN path TEXT COLLATE "C" NOT NULL DEFAULT '';
-- JSON. Null for none.
ALTER TABLE files ADD COLUMN metadata TEXT;
-- The name as searches compare it. Null in files of earlier versions until they are indexed.
ALTER TABLE files ADD COLUMN folded_name TEXT COLLATE "C";
-- 1 when file_terms has the file. Null while the file waits for a job to index it.
ALTER TABLE files ADD COLUMN is_indexed BIGINT;

ALTER TABLE upload_sessions ADD COLUMN file_path TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE upload_sessions ADD COLUMN file_metadata TEXT;

CREATE INDEX files_by_path ON files (organization_id, path, filename COLLATE "C", id) WHERE deleted_at_ms IS NULL;

CREATE INDEX files_by_name ON files (organization_id, filename COLLATE "C", id)
  WHERE deleted_at_ms IS NULL AND is_indexed IS NOT NULL;
CREATE INDEX files_by_size ON files (organization_id, size_bytes, id)
  WHERE deleted_at_ms IS NULL AND is_indexed IS NOT NULL;
CREATE INDEX unindexed_files ON files (organization_id, uploaded_at_ms, id)
  WHERE deleted_at_ms IS NULL AND is_indexed IS NULL;

-- Terms of the files, see file-terms.ts. A table of its own, so that its index is the only way to read it.
CREATE TABLE file_terms (
  file_id TEXT COLLATE "C" PRIMARY KEY,
  terms INTEGER[] NOT NULL
);

-- New entries wait in a list that every search reads; the limit in kB keeps it short.
CREATE INDEX files_by_term ON file_terms USING gin (terms) WITH (gin_pending_list_limit = 256);

-- Returns at most `max_found` files that have all terms. Statistics of single terms are never good enough to choose
-- another plan than the index.
CREATE FUNCTION find_files_by_terms(wanted INTEGER[], max_found BIGINT) RETURNS SETOF TEXT
LANGUAGE sql STABLE SET enable_seqscan = off
AS $$ SELECT file_id FROM file_terms WHERE terms @> wanted LIMIT max_found $$;

CREATE FUNCTION forget_file_terms() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM file_terms WHERE file_id = OLD.id;
  RETURN NULL;
END $$;

CREATE TRIGGER forget_file_terms AFTER UPDATE OF filename, path, deleted_at_ms ON files
FOR EACH ROW WHEN (OLD.is_indexed IS NOT NULL AND OLD.deleted_at_ms IS NULL) EXECUTE FUNCTION forget_file_terms();

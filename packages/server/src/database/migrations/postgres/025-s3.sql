-- Id of the S3 credentials of a key, from which their secret is derived. Null for none.
ALTER TABLE api_keys ADD COLUMN s3_access_key_id TEXT;
CREATE UNIQUE INDEX s3_access_keys ON api_keys (s3_access_key_id) WHERE s3_access_key_id IS NOT NULL;

-- Buckets that clients created. The default bucket of an organization has no row.
CREATE TABLE buckets (
  name TEXT COLLATE "C" PRIMARY KEY,
  organization_id TEXT COLLATE "C" NOT NULL REFERENCES organizations (id),
  created_at_ms BIGINT NOT NULL
);
CREATE INDEX buckets_of_organizations ON buckets (organization_id, name);

-- The key of each live File in its bucket: folder and name, or what an S3 client chose. The bucket is '' for the default
-- one of the organization.
CREATE TABLE bucket_files (
  organization_id TEXT COLLATE "C" NOT NULL,
  bucket TEXT COLLATE "C" NOT NULL,
  key TEXT COLLATE "C" NOT NULL,
  file_id TEXT COLLATE "C" NOT NULL,
  -- What S3 clients stored with the File, in JSON. Null for Files of other protocols.
  attributes TEXT,
  PRIMARY KEY (organization_id, bucket, key)
);
CREATE UNIQUE INDEX bucket_files_by_file ON bucket_files (file_id);

INSERT INTO bucket_files (organization_id, bucket, key, file_id)
SELECT organization_id, '', CASE WHEN place = 1 THEN path || filename ELSE id || '/' || path || filename END, id
FROM (
  SELECT id, organization_id, path, filename,
    row_number() OVER (PARTITION BY organization_id, path || filename ORDER BY uploaded_at_ms, id) AS place
  FROM files WHERE deleted_at_ms IS NULL
) AS live;

-- Triggers, because processes of earlier versions add and delete Files too. A File whose key is taken gets its id as a
-- prefix. Whoever chooses another key adds it before the File.
CREATE FUNCTION waybill_add_key_of_file() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM bucket_files WHERE file_id = NEW.id) THEN
    RETURN NULL;
  END IF;
  INSERT INTO bucket_files (organization_id, bucket, key, file_id)
  VALUES (NEW.organization_id, '', NEW.path || NEW.filename, NEW.id) ON CONFLICT DO NOTHING;
  IF NOT FOUND THEN
    INSERT INTO bucket_files (organization_id, bucket, key, file_id)
    VALUES (NEW.organization_id, '', NEW.id || '/' || NEW.path || NEW.filename, NEW.id) ON CONFLICT DO NOTHING;
  END IF;
  RETURN NULL;
END
$$;

CREATE FUNCTION waybill_delete_key_of_file() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM bucket_files WHERE file_id = NEW.id;
  RETURN NULL;
END
$$;

CREATE TRIGGER add_key_of_file AFTER INSERT ON files
  FOR EACH ROW WHEN (NEW.deleted_at_ms IS NULL) EXECUTE FUNCTION waybill_add_key_of_file();

CREATE TRIGGER delete_key_of_file AFTER UPDATE OF deleted_at_ms ON files
  FOR EACH ROW WHEN (NEW.deleted_at_ms IS NOT NULL) EXECUTE FUNCTION waybill_delete_key_of_file();

CREATE FUNCTION waybill_change_key_of_file() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE bucket_files SET key = NEW.path || NEW.filename WHERE file_id = NEW.id;
  RETURN NULL;
EXCEPTION WHEN unique_violation THEN
  UPDATE bucket_files SET key = NEW.id || '/' || NEW.path || NEW.filename WHERE file_id = NEW.id;
  RETURN NULL;
END
$$;

-- A File that is renamed or moved.
CREATE TRIGGER change_key_of_file AFTER UPDATE OF filename, path ON files
  FOR EACH ROW WHEN (NEW.deleted_at_ms IS NULL AND NEW.path || NEW.filename <> OLD.path || OLD.filename)
  EXECUTE FUNCTION waybill_change_key_of_file();

-- A File in the trash leaves its key to others, with its id as a prefix, and gets it back when it is still free.
CREATE FUNCTION waybill_free_key_of_trashed_file() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE bucket_files SET key = file_id || '/' || key WHERE file_id = NEW.id;
  RETURN NULL;
END
$$;

CREATE FUNCTION waybill_take_key_of_restored_file() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE bucket_files SET key = substr(key, length(file_id) + 2) WHERE file_id = NEW.id;
  RETURN NULL;
EXCEPTION WHEN unique_violation THEN
  RETURN NULL;
END
$$;

CREATE TRIGGER free_key_of_trashed_file AFTER UPDATE OF trashed_at_ms ON files
  FOR EACH ROW WHEN (OLD.trashed_at_ms IS NULL AND NEW.trashed_at_ms IS NOT NULL)
  EXECUTE FUNCTION waybill_free_key_of_trashed_file();

CREATE TRIGGER take_key_of_restored_file AFTER UPDATE OF trashed_at_ms ON files
  FOR EACH ROW WHEN (OLD.trashed_at_ms IS NOT NULL AND NEW.trashed_at_ms IS NULL)
  EXECUTE FUNCTION waybill_take_key_of_restored_file();

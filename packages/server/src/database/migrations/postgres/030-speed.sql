-- Every File has an event and a key, so their cost is that of each upload. Files are added many at a time: one call for
-- all Files of a statement instead of two calls for each.
DROP TRIGGER add_key_of_file ON files;
DROP FUNCTION waybill_add_key_of_file();
DROP TRIGGER tell_file_created ON files;

-- A File whose key is taken gets its id as a prefix. A File whose key was chosen before has a row with its id already:
-- that is a conflict. All transactions add keys in this order.
CREATE FUNCTION waybill_add_keys_of_files() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE added BIGINT;
BEGIN
  INSERT INTO bucket_files (organization_id, bucket, key, file_id)
    SELECT organization_id, '', path || filename, id FROM new_files WHERE deleted_at_ms IS NULL
    ORDER BY organization_id, (path || filename) COLLATE "C", id
    ON CONFLICT DO NOTHING;
  GET DIAGNOSTICS added = ROW_COUNT;
  IF added < (SELECT count(*) FROM new_files WHERE deleted_at_ms IS NULL) THEN
    INSERT INTO bucket_files (organization_id, bucket, key, file_id)
      SELECT organization_id, '', id || '/' || path || filename, id FROM new_files WHERE deleted_at_ms IS NULL
      ORDER BY organization_id, id
      ON CONFLICT DO NOTHING;
  END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER add_keys_of_files AFTER INSERT ON files
  REFERENCING NEW TABLE AS new_files FOR EACH STATEMENT EXECUTE FUNCTION waybill_add_keys_of_files();

-- No column of a File is secret, so that its row needs no filter.
CREATE FUNCTION waybill_tell_created_files() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO events (organization_id, type, snapshot)
    SELECT organization_id, 'file.created', row_to_json(new_files)::text FROM new_files
    WHERE deleted_at_ms IS NULL AND NOT EXISTS (SELECT FROM unfinished_copy);
  RETURN NULL;
END $$;

CREATE TRIGGER tell_created_files AFTER INSERT ON files
  REFERENCING NEW TABLE AS new_files FOR EACH STATEMENT EXECUTE FUNCTION waybill_tell_created_files();

CREATE FUNCTION waybill_hex_time(at timestamptz) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT lpad(to_hex(floor(extract(epoch FROM at) * 1000)::bigint), 12, '0')
    || lpad(to_hex(extract(microseconds FROM at)::bigint % 1000), 3, '0')
$$;

-- Ids of events begin with their time in milliseconds, and then in microseconds: a new event is the last entry of the index,
-- and events of one millisecond are numbered in their order. Events without a position are only in the index that finds
-- them, so that a position adds an entry to the others instead of replacing one.
ALTER TABLE events ALTER COLUMN id SET DEFAULT
  'evt_' || waybill_hex_time(clock_timestamp()) || substr(replace(gen_random_uuid()::text, '-', ''), 16);
DROP INDEX events_in_order;
CREATE UNIQUE INDEX events_in_order ON events (position) WHERE position IS NOT NULL;
DROP INDEX events_of_organization;
CREATE UNIQUE INDEX events_of_organization ON events (organization_id, position) WHERE position IS NOT NULL;

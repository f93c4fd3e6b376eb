-- Every change has its event, so their cost is that of each upload. Ids of events begin with their time, and the row of
-- event_state exists: a new event is the last entry of each index, and needs no look-up of a conflict.
INSERT INTO event_state (id, position) VALUES (1, 0) ON CONFLICT (id) DO NOTHING;

DROP TRIGGER add_event;
CREATE TRIGGER add_event INSTEAD OF INSERT ON new_events
BEGIN
  UPDATE event_state SET position = position + 1;
  INSERT INTO events (id, organization_id, position, type, created_at_ms, visible_to, snapshot)
    SELECT 'evt_' || printf('%012x', now_ms) || lower(hex(randomblob(10))), NEW.organization_id, position, NEW.type,
      now_ms, NEW.visible_to, NEW.snapshot
    FROM (SELECT position, CAST(unixepoch('subsec') * 1000 AS INTEGER) AS now_ms FROM event_state);
END;

-- As `add_event`, but without its call for each File.
DROP TRIGGER tell_file_created;
CREATE TRIGGER tell_file_created AFTER INSERT ON files WHEN NEW.deleted_at_ms IS NULL
BEGIN
  UPDATE event_state SET position = position + 1;
  INSERT INTO events (id, organization_id, position, type, created_at_ms, snapshot)
    SELECT 'evt_' || printf('%012x', now_ms) || lower(hex(randomblob(10))), NEW.organization_id, position,
      'file.created', now_ms, (SELECT snapshot FROM file_snapshots WHERE id = NEW.id)
    FROM (SELECT position, CAST(unixepoch('subsec') * 1000 AS INTEGER) AS now_ms FROM event_state);
END;

-- One statement instead of three. A File whose key was chosen before has a row with its id already: that is a conflict.
DROP TRIGGER add_key_of_file;
CREATE TRIGGER add_key_of_file AFTER INSERT ON files WHEN NEW.deleted_at_ms IS NULL
BEGIN
  INSERT INTO bucket_files (organization_id, bucket, key, file_id)
  VALUES (NEW.organization_id, '',
    CASE WHEN EXISTS (
      SELECT 1 FROM bucket_files
      WHERE organization_id = NEW.organization_id AND bucket = '' AND key = NEW.path || NEW.filename
    ) THEN NEW.id || '/' ELSE '' END || NEW.path || NEW.filename,
    NEW.id)
  ON CONFLICT DO NOTHING;
END;

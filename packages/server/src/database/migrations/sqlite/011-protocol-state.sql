-- State of the upload protocol as JSON, opaque to all other code. "The last chunk was too small" becomes a state of
-- Google's protocol and is no longer a state of the session. The column small_chunk_bytes stays for processes of
-- earlier versions that run at the same time.
ALTER TABLE upload_sessions ADD COLUMN protocol_state TEXT;

UPDATE upload_sessions
  SET state = 'open', protocol_state = '{"smallChunkBytes":' || COALESCE(small_chunk_bytes, 0) || '}', small_chunk_bytes = NULL
  WHERE state = 'small-chunk';

-- Processes of earlier versions still write the old state.
CREATE TRIGGER keep_small_chunk_of_insert AFTER INSERT ON upload_sessions WHEN NEW.state = 'small-chunk'
BEGIN
  UPDATE upload_sessions
    SET state = 'open', protocol_state = '{"smallChunkBytes":' || COALESCE(NEW.small_chunk_bytes, 0) || '}',
      small_chunk_bytes = NULL
    WHERE file_id = NEW.file_id;
END;

CREATE TRIGGER keep_small_chunk_of_update AFTER UPDATE OF state ON upload_sessions WHEN NEW.state = 'small-chunk'
BEGIN
  UPDATE upload_sessions
    SET state = 'open', protocol_state = '{"smallChunkBytes":' || COALESCE(NEW.small_chunk_bytes, 0) || '}',
      small_chunk_bytes = NULL
    WHERE file_id = NEW.file_id;
END;

DROP INDEX open_upload_sessions;
CREATE INDEX open_upload_sessions
  ON upload_sessions (organization_id, created_at_ms DESC, file_id DESC, expires_at_ms, state)
  WHERE state = 'open';

DROP INDEX unfinished_upload_sessions;
CREATE INDEX unfinished_upload_sessions ON upload_sessions (expires_at_ms) WHERE state IN ('open', 'dead');

DROP INDEX unfinished_upload_sessions_of_organization;
CREATE INDEX unfinished_upload_sessions_of_organization
  ON upload_sessions (organization_id, expires_at_ms, state, api_key_id, api_key_generation)
  WHERE state IN ('open', 'dead');

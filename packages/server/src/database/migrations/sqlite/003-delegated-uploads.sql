-- By what a storage that clients send to themselves knows the upload, to end it there. Null where the bytes come through
-- this service, and once the upload is registered or ended there: nothing is left to end.
ALTER TABLE upload_sessions ADD COLUMN upload_handle TEXT;

-- Sessions that are over here, and whose uploads are still to be ended.
CREATE INDEX unended_uploads ON upload_sessions (expires_at_ms)
  WHERE upload_handle IS NOT NULL AND state IN ('cancelled', 'expired');

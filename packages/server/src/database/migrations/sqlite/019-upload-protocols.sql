-- Upload sessions of several protocols. While is_length_deferred is 1, the length is unknown, and size_bytes is the
-- reservation. In all other cases size_bytes is the length, or 0 after the content was refused. So a process of an earlier
-- version, which knows only size_bytes, still releases exactly what a session has reserved.
ALTER TABLE upload_sessions ADD COLUMN is_length_deferred BIGINT NOT NULL DEFAULT 0;
-- Null in sessions of earlier versions: their limit is their length.
ALTER TABLE upload_sessions ADD COLUMN max_size_bytes BIGINT;
ALTER TABLE upload_sessions ADD COLUMN protocol TEXT NOT NULL DEFAULT 'google';
ALTER TABLE upload_sessions ADD COLUMN registers TEXT NOT NULL DEFAULT 'on-request';
-- As the client sent it.
ALTER TABLE upload_sessions ADD COLUMN metadata TEXT;
ALTER TABLE upload_sessions ADD COLUMN announced_sha1 TEXT;
ALTER TABLE upload_sessions ADD COLUMN announced_sha256 TEXT;
ALTER TABLE upload_sessions ADD COLUMN announced_sha512 TEXT;
-- Reason of a dead session whose complete content was refused.
ALTER TABLE upload_sessions ADD COLUMN failure_code TEXT;
ALTER TABLE upload_sessions ADD COLUMN failure_message TEXT;

-- Sessions whose complete objects the service registers.
CREATE INDEX self_registering_upload_sessions ON upload_sessions (file_id)
  WHERE registers = 'when-complete' AND state IN ('open', 'dead');

-- By what a storage that clients send to themselves knows the upload, to end it there. Null where the bytes come through
-- this service, and once the upload is registered: nothing is left to end.
ALTER TABLE upload_sessions ADD COLUMN upload_handle TEXT;

-- Uploads whose bytes arrive as parts: 'parts', or 'sequential' for all others.
ALTER TABLE upload_sessions ADD COLUMN layout TEXT NOT NULL DEFAULT 'sequential';
-- Label of the File. Null for none.
ALTER TABLE upload_sessions ADD COLUMN file_purpose TEXT;

-- The type whose signature the bytes show; null for none, and for files from before this column.
ALTER TABLE files ADD COLUMN detected_content_type TEXT;

-- Time at which a read found the object of the file damaged; null while its bytes are sound as far as known.
ALTER TABLE files ADD COLUMN damaged_at_ms BIGINT;

CREATE INDEX damaged_files ON files (damaged_at_ms) WHERE deleted_at_ms IS NULL AND damaged_at_ms IS NOT NULL;

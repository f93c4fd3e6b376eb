-- Times are milliseconds since 1970, in UTC. Sizes are bytes.

-- A deleted store keeps its row for some time: its id stays a cursor, and its files are deleted in small steps.
CREATE TABLE vector_stores (
  id TEXT PRIMARY KEY,
  organization_id TEXT NOT NULL REFERENCES organizations (id),
  name TEXT NOT NULL,
  description TEXT,
  -- Name and description in lower case, for searching on any database in the same way.
  search_text TEXT NOT NULL,
  access_mode TEXT NOT NULL CHECK (access_mode IN ('organization', 'public', 'private')),
  created_by TEXT NOT NULL,
  -- JSON.
  metadata TEXT NOT NULL,
  created_at_ms BIGINT NOT NULL,
  updated_at_ms BIGINT NOT NULL,
  last_active_at_ms BIGINT NOT NULL,
  expires_after_days BIGINT,
  -- Time at which the store expires without further activity; null when it never does.
  expires_at_ms BIGINT,
  expired_at_ms BIGINT,
  deleted_at_ms BIGINT,
  -- Time since which the files of an expired or deleted store wait for their deletion; null when none waits.
  emptying_since_ms BIGINT,
  -- The triggers of vector_store_files maintain the columns from here to `seq`.
  in_progress_count BIGINT NOT NULL DEFAULT 0,
  completed_count BIGINT NOT NULL DEFAULT 0,
  failed_count BIGINT NOT NULL DEFAULT 0,
  cancelled_count BIGINT NOT NULL DEFAULT 0,
  data_bytes BIGINT NOT NULL DEFAULT 0,
  usage_bytes BIGINT NOT NULL DEFAULT 0,
  -- Number of the last change of the store's files.
  seq BIGINT NOT NULL DEFAULT 0,
  -- Changes up to this number may be forgotten.
  forgotten_seq BIGINT NOT NULL DEFAULT 0
);

-- The last columns are those of the access rule: stores that the caller may not see are passed over in the index.
CREATE INDEX vector_stores_newest_first
  ON vector_stores (organization_id, created_at_ms DESC, id DESC, access_mode, created_by) WHERE deleted_at_ms IS NULL;

CREATE INDEX vector_stores_by_expiry ON vector_stores (expires_at_ms)
  WHERE expires_at_ms IS NOT NULL AND expired_at_ms IS NULL AND deleted_at_ms IS NULL;

CREATE INDEX vector_stores_to_empty ON vector_stores (emptying_since_ms) WHERE emptying_since_ms IS NOT NULL;

CREATE INDEX expired_vector_stores ON vector_stores (expired_at_ms) WHERE expired_at_ms IS NOT NULL;

CREATE INDEX deleted_vector_stores ON vector_stores (deleted_at_ms) WHERE deleted_at_ms IS NOT NULL;

-- A File in a store. A removed one keeps its row for a day: its id stays a cursor, and search indexes see the removal.
CREATE TABLE vector_store_files (
  id TEXT PRIMARY KEY,
  organization_id TEXT NOT NULL,
  vector_store_id TEXT NOT NULL REFERENCES vector_stores (id),
  -- Also the id of a file that does not exist: then the row has failed.
  file_id TEXT NOT NULL,
  -- Size of the file; 0 when it does not exist.
  size_bytes BIGINT NOT NULL,
  -- Number of the store's change that search indexes have to see for this file.
  seq BIGINT NOT NULL,
  -- JSON.
  attributes TEXT NOT NULL,
  -- JSON.
  chunking TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('pending', 'processing', 'completed', 'failed', 'cancelled')),
  step TEXT NOT NULL,
  progress_percent BIGINT NOT NULL,
  error_code TEXT,
  error_message TEXT,
  attempts BIGINT NOT NULL,
  added_at_ms BIGINT NOT NULL,
  added_by_api_key_id TEXT,
  started_at_ms BIGINT,
  ended_at_ms BIGINT,
  -- Revision that searches find; null until the first one is complete. The next four columns describe it.
  revision TEXT,
  part_count BIGINT NOT NULL,
  chunk_count BIGINT NOT NULL,
  usage_bytes BIGINT NOT NULL,
  embedding_model TEXT,
  removed_at_ms BIGINT
);

-- Serves the deletion of a File too.
CREATE UNIQUE INDEX live_vector_store_files ON vector_store_files (file_id, vector_store_id) WHERE removed_at_ms IS NULL;

CREATE INDEX vector_store_files_newest_first ON vector_store_files (vector_store_id, added_at_ms DESC, id DESC)
  WHERE removed_at_ms IS NULL;

CREATE INDEX vector_store_files_by_status ON vector_store_files (vector_store_id, status, added_at_ms DESC, id DESC)
  WHERE removed_at_ms IS NULL;

CREATE UNIQUE INDEX vector_store_files_by_change ON vector_store_files (vector_store_id, seq);

CREATE INDEX removed_vector_store_files ON vector_store_files (vector_store_id, file_id) WHERE removed_at_ms IS NOT NULL;

CREATE INDEX removed_vector_store_files_by_time ON vector_store_files (removed_at_ms) WHERE removed_at_ms IS NOT NULL;

-- Files that were added together.
CREATE TABLE vector_store_batches (
  id TEXT PRIMARY KEY,
  organization_id TEXT NOT NULL,
  vector_store_id TEXT NOT NULL REFERENCES vector_stores (id),
  created_at_ms BIGINT NOT NULL,
  cancelled_at_ms BIGINT
);

CREATE INDEX vector_store_batches_of_store ON vector_store_batches (vector_store_id);

CREATE INDEX vector_store_batches_by_time ON vector_store_batches (created_at_ms);

-- Without foreign keys, which would cost two look-ups for each of 2,000 files.
CREATE TABLE vector_store_batch_files (
  batch_id TEXT NOT NULL,
  vector_store_file_id TEXT NOT NULL,
  PRIMARY KEY (batch_id, vector_store_file_id)
);

CREATE INDEX vector_store_batches_of_file ON vector_store_batch_files (vector_store_file_id);

-- Parts of an extracted document: of the revision that searches find, and of one that is being indexed.
CREATE TABLE vector_store_documents (
  vector_store_file_id TEXT NOT NULL REFERENCES vector_store_files (id),
  revision TEXT NOT NULL,
  part BIGINT NOT NULL,
  bytes BLOB NOT NULL CHECK (length(bytes) <= 262144),
  PRIMARY KEY (vector_store_file_id, revision, part)
);

-- Log of the indexing of a file. Entries of a file are numbered from 1.
CREATE TABLE vector_store_logs (
  vector_store_file_id TEXT NOT NULL REFERENCES vector_store_files (id),
  number BIGINT NOT NULL,
  at_ms BIGINT NOT NULL,
  level TEXT NOT NULL,
  step TEXT NOT NULL,
  message TEXT NOT NULL,
  attempt BIGINT NOT NULL,
  PRIMARY KEY (vector_store_file_id, number)
);

CREATE INDEX vector_store_logs_by_time ON vector_store_logs (at_ms);

-- Add a file to the counts of its store, and take away what it was before. Rows of removed files, and of expired and
-- deleted stores, are deleted when they are no longer counted.
CREATE TRIGGER count_added_file AFTER INSERT ON vector_store_files
BEGIN
  UPDATE vector_stores SET
    in_progress_count = in_progress_count + (NEW.status IN ('pending', 'processing')),
    completed_count = completed_count + (NEW.status = 'completed'),
    failed_count = failed_count + (NEW.status = 'failed'),
    cancelled_count = cancelled_count + (NEW.status = 'cancelled'),
    data_bytes = data_bytes + NEW.size_bytes,
    usage_bytes = usage_bytes + NEW.usage_bytes,
    seq = max(seq, NEW.seq)
  WHERE id = NEW.vector_store_id;
END;

CREATE TRIGGER count_changed_file AFTER UPDATE OF status, size_bytes, usage_bytes, seq, removed_at_ms ON vector_store_files
BEGIN
  UPDATE vector_stores SET
    in_progress_count = in_progress_count
      + (NEW.removed_at_ms IS NULL AND NEW.status IN ('pending', 'processing'))
      - (OLD.removed_at_ms IS NULL AND OLD.status IN ('pending', 'processing')),
    completed_count = completed_count + (NEW.removed_at_ms IS NULL AND NEW.status = 'completed')
      - (OLD.removed_at_ms IS NULL AND OLD.status = 'completed'),
    failed_count = failed_count + (NEW.removed_at_ms IS NULL AND NEW.status = 'failed')
      - (OLD.removed_at_ms IS NULL AND OLD.status = 'failed'),
    cancelled_count = cancelled_count + (NEW.removed_at_ms IS NULL AND NEW.status = 'cancelled')
      - (OLD.removed_at_ms IS NULL AND OLD.status = 'cancelled'),
    data_bytes = data_bytes + (NEW.removed_at_ms IS NULL) * NEW.size_bytes
      - (OLD.removed_at_ms IS NULL) * OLD.size_bytes,
    usage_bytes = usage_bytes + (NEW.removed_at_ms IS NULL) * NEW.usage_bytes
      - (OLD.removed_at_ms IS NULL) * OLD.usage_bytes,
    seq = max(seq, NEW.seq)
  WHERE id = NEW.vector_store_id;
END;

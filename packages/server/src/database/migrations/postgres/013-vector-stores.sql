-- Times are milliseconds since 1970, in UTC. Sizes are bytes.

-- A deleted store keeps its row for some time: its id stays a cursor, and its files are deleted in small steps.
CREATE TABLE vector_stores (
  id TEXT COLLATE "C" PRIMARY KEY,
  organization_id TEXT COLLATE "C" NOT NULL REFERENCES organizations (id),
  name TEXT COLLATE "C" NOT NULL,
  description TEXT,
  -- Name and description in lower case, for searching on any database in the same way.
  search_text TEXT COLLATE "C" NOT NULL,
  access_mode TEXT COLLATE "C" NOT NULL CHECK (access_mode IN ('organization', 'public', 'private')),
  created_by TEXT COLLATE "C" NOT NULL,
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
  id TEXT COLLATE "C" PRIMARY KEY,
  organization_id TEXT COLLATE "C" NOT NULL,
  vector_store_id TEXT COLLATE "C" NOT NULL REFERENCES vector_stores (id),
  -- Also the id of a file that does not exist: then the row has failed.
  file_id TEXT COLLATE "C" NOT NULL,
  -- Size of the file; 0 when it does not exist.
  size_bytes BIGINT NOT NULL,
  -- Number of the store's change that search indexes have to see for this file.
  seq BIGINT NOT NULL,
  -- JSON.
  attributes TEXT NOT NULL,
  -- JSON.
  chunking TEXT NOT NULL,
  status TEXT COLLATE "C" NOT NULL CHECK (status IN ('pending', 'processing', 'completed', 'failed', 'cancelled')),
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
  revision TEXT COLLATE "C",
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
  id TEXT COLLATE "C" PRIMARY KEY,
  organization_id TEXT COLLATE "C" NOT NULL,
  vector_store_id TEXT COLLATE "C" NOT NULL REFERENCES vector_stores (id),
  created_at_ms BIGINT NOT NULL,
  cancelled_at_ms BIGINT
);

CREATE INDEX vector_store_batches_of_store ON vector_store_batches (vector_store_id);

CREATE INDEX vector_store_batches_by_time ON vector_store_batches (created_at_ms);

-- Without foreign keys, which would cost two look-ups for each of 2,000 files.
CREATE TABLE vector_store_batch_files (
  batch_id TEXT COLLATE "C" NOT NULL,
  vector_store_file_id TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (batch_id, vector_store_file_id)
);

CREATE INDEX vector_store_batches_of_file ON vector_store_batch_files (vector_store_file_id);

-- Parts of an extracted document: of the revision that searches find, and of one that is being indexed.
CREATE TABLE vector_store_documents (
  vector_store_file_id TEXT COLLATE "C" NOT NULL REFERENCES vector_store_files (id),
  revision TEXT COLLATE "C" NOT NULL,
  part BIGINT NOT NULL,
  bytes BYTEA NOT NULL CHECK (length(bytes) <= 262144),
  PRIMARY KEY (vector_store_file_id, revision, part)
);

-- Log of the indexing of a file. Entries of a file are numbered from 1.
CREATE TABLE vector_store_logs (
  vector_store_file_id TEXT COLLATE "C" NOT NULL REFERENCES vector_store_files (id),
  number BIGINT NOT NULL,
  at_ms BIGINT NOT NULL,
  level TEXT NOT NULL,
  step TEXT NOT NULL,
  message TEXT NOT NULL,
  attempt BIGINT NOT NULL,
  PRIMARY KEY (vector_store_file_id, number)
);

CREATE INDEX vector_store_logs_by_time ON vector_store_logs (at_ms);

-- Add the files of a statement to the counts of their stores, and take away what they were before. Rows of removed
-- files, and of expired and deleted stores, are deleted when they are no longer counted. A copy of a database brings its
-- counts with it.
CREATE FUNCTION waybill_count_added_store_files() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE added RECORD;
BEGIN
  IF EXISTS (SELECT FROM unfinished_copy) THEN RETURN NULL; END IF;
  FOR added IN
    SELECT vector_store_id, max(seq) AS seq, sum(size_bytes) AS data_bytes, sum(usage_bytes) AS usage_bytes,
      count(*) FILTER (WHERE status IN ('pending', 'processing')) AS in_progress,
      count(*) FILTER (WHERE status = 'completed') AS completed,
      count(*) FILTER (WHERE status = 'failed') AS failed,
      count(*) FILTER (WHERE status = 'cancelled') AS cancelled
    FROM new_files GROUP BY vector_store_id ORDER BY vector_store_id
  LOOP
    UPDATE vector_stores SET
      in_progress_count = in_progress_count + added.in_progress,
      completed_count = completed_count + added.completed,
      failed_count = failed_count + added.failed,
      cancelled_count = cancelled_count + added.cancelled,
      data_bytes = vector_stores.data_bytes + added.data_bytes,
      usage_bytes = vector_stores.usage_bytes + added.usage_bytes,
      seq = GREATEST(vector_stores.seq, added.seq)
    WHERE id = added.vector_store_id;
  END LOOP;
  RETURN NULL;
END $$;

CREATE TRIGGER count_added_files AFTER INSERT ON vector_store_files
  REFERENCING NEW TABLE AS new_files FOR EACH STATEMENT EXECUTE FUNCTION waybill_count_added_store_files();

-- A store whose numbers stay the same is not updated, and not locked.
CREATE FUNCTION waybill_count_changed_store_files() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE changed RECORD;
BEGIN
  FOR changed IN
    SELECT vector_store_id, max(seq) AS seq,
      sum(weight * size_bytes) AS data_bytes,
      sum(weight * usage_bytes) AS usage_bytes,
      COALESCE(sum(weight) FILTER (WHERE status IN ('pending', 'processing')), 0) AS in_progress,
      COALESCE(sum(weight) FILTER (WHERE status = 'completed'), 0) AS completed,
      COALESCE(sum(weight) FILTER (WHERE status = 'failed'), 0) AS failed,
      COALESCE(sum(weight) FILTER (WHERE status = 'cancelled'), 0) AS cancelled
    FROM (
      SELECT vector_store_id, seq, status, size_bytes, usage_bytes,
        CASE WHEN removed_at_ms IS NULL THEN 1 ELSE 0 END AS weight FROM new_files
      UNION ALL
      SELECT vector_store_id, seq, status, size_bytes, usage_bytes,
        CASE WHEN removed_at_ms IS NULL THEN -1 ELSE 0 END FROM old_files
    ) AS weighted
    GROUP BY vector_store_id ORDER BY vector_store_id
  LOOP
    UPDATE vector_stores SET
      in_progress_count = in_progress_count + changed.in_progress,
      completed_count = completed_count + changed.completed,
      failed_count = failed_count + changed.failed,
      cancelled_count = cancelled_count + changed.cancelled,
      data_bytes = vector_stores.data_bytes + changed.data_bytes,
      usage_bytes = vector_stores.usage_bytes + changed.usage_bytes,
      seq = GREATEST(vector_stores.seq, changed.seq)
    WHERE id = changed.vector_store_id
      AND (changed.seq > vector_stores.seq OR changed.data_bytes <> 0 OR changed.usage_bytes <> 0
        OR changed.in_progress <> 0 OR changed.completed <> 0 OR changed.failed <> 0 OR changed.cancelled <> 0);
  END LOOP;
  RETURN NULL;
END $$;

CREATE TRIGGER count_changed_files AFTER UPDATE ON vector_store_files
  REFERENCING OLD TABLE AS old_files NEW TABLE AS new_files
  FOR EACH STATEMENT EXECUTE FUNCTION waybill_count_changed_store_files();

-- The jobs that all processes share: who runs which one, and when it is due again.
CREATE TABLE job_runs (
  name TEXT COLLATE "C" PRIMARY KEY,
  -- The process that runs it, until `due_at_ms`; empty while nobody does.
  holder TEXT NOT NULL,
  due_at_ms BIGINT NOT NULL,
  -- Where the next run goes on, in the job's own words; null for the beginning.
  position TEXT,
  -- When a run last went well.
  finished_at_ms BIGINT
);

-- A row while another database is copied into this one, and no server may start on it.
CREATE TABLE unfinished_copy (
  source TEXT NOT NULL
);

-- Work for background processes. At most one unfinished task has a kind and key. A finished task has no row; a dead one
-- keeps its row for some days.
CREATE TABLE tasks (
  id TEXT PRIMARY KEY,
  kind TEXT NOT NULL,
  organization_id TEXT NOT NULL REFERENCES organizations (id),
  key TEXT NOT NULL,
  -- JSON, opaque to the queue.
  payload TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('ready', 'running', 'dead')),
  -- Runs that have started.
  attempts INTEGER NOT NULL,
  -- Time at which the task may run; of a dead task, the time of its end.
  run_at_ms BIGINT NOT NULL,
  -- Null unless the task is running.
  lease_token TEXT,
  lease_until_ms BIGINT,
  deadline_at_ms BIGINT NOT NULL,
  last_error TEXT,
  created_at_ms BIGINT NOT NULL
);

-- Of the indexes on ready tasks, only the one for claims begins with the kind: without statistics, as after the first
-- inserts of a batch, PostgreSQL would choose any other one too, and read all tasks of the kind.
CREATE UNIQUE INDEX unfinished_tasks ON tasks (key, kind) WHERE state IN ('ready', 'running');

-- A claim finds the next organization, and its next task, with one seek each.
CREATE INDEX ready_tasks ON tasks (kind, organization_id, run_at_ms, id) WHERE state = 'ready';

-- Tasks that have begun go before the others of their organization.
CREATE INDEX begun_tasks ON tasks (organization_id, kind, run_at_ms, id) WHERE state = 'ready' AND attempts > 0;

CREATE INDEX ready_tasks_by_deadline ON tasks (deadline_at_ms, kind) WHERE state = 'ready';

CREATE INDEX running_tasks ON tasks (kind, organization_id) WHERE state = 'running';

CREATE INDEX leased_tasks ON tasks (lease_until_ms) WHERE state = 'running';

CREATE INDEX dead_tasks ON tasks (kind, key) WHERE state = 'dead';

CREATE INDEX dead_tasks_by_end ON tasks (run_at_ms) WHERE state = 'dead';

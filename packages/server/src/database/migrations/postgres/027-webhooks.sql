-- Endpoints that get events by HTTP.
CREATE TABLE webhooks (
  id TEXT COLLATE "C" PRIMARY KEY,
  organization_id TEXT COLLATE "C" NOT NULL REFERENCES organizations (id),
  url TEXT NOT NULL,
  -- Wanted types as JSON; null for all.
  types TEXT,
  description TEXT,
  is_active INTEGER NOT NULL,
  deactivation TEXT CHECK (deactivation IN ('gone', 'failing')),
  secret TEXT NOT NULL,
  -- Secret before the last rotation, which signs until the time beside it.
  previous_secret TEXT,
  previous_secret_until_ms BIGINT,
  -- Events after this position are delivered.
  from_position BIGINT NOT NULL,
  -- True after the first success: then several deliveries may run at a time.
  is_proven INTEGER NOT NULL,
  failing_since_ms BIGINT,
  -- Time at which one of its deliveries can run; null when none can before another one has ended.
  next_run_at_ms BIGINT,
  created_at_ms BIGINT NOT NULL,
  updated_at_ms BIGINT NOT NULL
);

CREATE INDEX webhooks_of_organization ON webhooks (organization_id, created_at_ms, id);
CREATE INDEX webhooks_to_run ON webhooks (next_run_at_ms) WHERE is_active = 1 AND next_run_at_ms IS NOT NULL;

-- An event for an endpoint. Rows are kept as long as events.
CREATE TABLE webhook_deliveries (
  id TEXT COLLATE "C" PRIMARY KEY,
  organization_id TEXT COLLATE "C" NOT NULL,
  webhook_id TEXT COLLATE "C" NOT NULL,
  event_id TEXT COLLATE "C" NOT NULL,
  event_type TEXT NOT NULL,
  state TEXT COLLATE "C" NOT NULL CHECK (state IN ('waiting', 'running', 'delivered', 'failed')),
  -- JSON.
  attempts TEXT NOT NULL,
  -- Time of the next attempt; of an ended delivery, the time of its end.
  run_at_ms BIGINT NOT NULL,
  -- Null unless an attempt is running.
  lease_token TEXT,
  lease_until_ms BIGINT,
  created_at_ms BIGINT NOT NULL
);

CREATE INDEX deliveries_newest_first ON webhook_deliveries (webhook_id, created_at_ms DESC, id DESC);
CREATE INDEX waiting_deliveries ON webhook_deliveries (webhook_id, run_at_ms, id) WHERE state = 'waiting';
CREATE INDEX running_deliveries ON webhook_deliveries (webhook_id) WHERE state = 'running';
CREATE INDEX leased_deliveries ON webhook_deliveries (lease_until_ms) WHERE state = 'running';
CREATE INDEX deliveries_by_time ON webhook_deliveries (created_at_ms);

-- Position up to which events have their deliveries.
ALTER TABLE event_state ADD COLUMN webhook_position BIGINT NOT NULL DEFAULT 0;

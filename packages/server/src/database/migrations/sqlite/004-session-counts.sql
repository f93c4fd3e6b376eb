-- The last column of each index is what its condition speaks of: with it SQLite counts and passes over sessions without
-- reading their rows.

-- Those of one organization that hold a reservation, by when their time is over.
CREATE INDEX unfinished_upload_sessions_of_organization ON upload_sessions (organization_id, expires_at_ms, state)
  WHERE state IN ('open', 'small-chunk', 'dead');

CREATE INDEX dead_upload_sessions ON upload_sessions (organization_id, expires_at_ms) WHERE state = 'dead';

DROP INDEX open_upload_sessions;
CREATE INDEX open_upload_sessions
  ON upload_sessions (organization_id, created_at_ms DESC, file_id DESC, expires_at_ms, state)
  WHERE state IN ('open', 'small-chunk');

DROP INDEX ended_upload_sessions;
CREATE INDEX ended_upload_sessions ON upload_sessions (expires_at_ms, state)
  WHERE state IN ('cancelled', 'expired');

CREATE INDEX organizations_newest_first ON organizations (created_at_ms DESC, id DESC);

CREATE INDEX disowned_objects_by_time ON disowned_objects (disowned_at_ms);

-- Sessions that hold a reservation. Kept with each change, because counting them takes longer than listing a page.
ALTER TABLE organizations ADD COLUMN unfinished_session_count BIGINT NOT NULL DEFAULT 0;
UPDATE organizations SET unfinished_session_count = (
  SELECT count(*) FROM upload_sessions
  WHERE organization_id = organizations.id AND state IN ('open', 'small-chunk', 'dead')
);

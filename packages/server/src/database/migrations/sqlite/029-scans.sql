-- Scans of files that no client can see yet, and their verdicts.
CREATE TABLE scans (
  -- Derived from the organization, the content, the name and the type of the file.
  id TEXT PRIMARY KEY,
  organization_id TEXT NOT NULL,
  -- Object that the scan reads.
  file_id TEXT NOT NULL,
  object_name TEXT NOT NULL,
  generation TEXT NOT NULL,
  -- Null once there is a verdict.
  lease_token TEXT,
  verdict TEXT CHECK (verdict IN ('clean', 'rejected', 'unscanned')),
  reason TEXT,
  -- End of the lease, or of the time for which the verdict holds.
  until_ms BIGINT NOT NULL
);

CREATE INDEX scans_by_end ON scans (until_ms);

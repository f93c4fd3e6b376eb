-- Public links to files. A link goes with the row of its file.
CREATE TABLE share_links (
  id TEXT PRIMARY KEY,
  organization_id TEXT NOT NULL REFERENCES organizations (id),
  file_id TEXT NOT NULL REFERENCES files (id) ON DELETE CASCADE,
  secret_sha256 TEXT NOT NULL UNIQUE,
  -- Key that created the link, and its generation at that time. Null for the operator.
  api_key_id TEXT,
  api_key_generation BIGINT,
  created_at_ms BIGINT NOT NULL,
  expires_at_ms BIGINT,
  max_downloads BIGINT,
  downloads BIGINT NOT NULL DEFAULT 0,
  last_download_at_ms BIGINT
);

CREATE INDEX share_links_by_file ON share_links (file_id, created_at_ms DESC, id DESC);
CREATE INDEX share_links_by_key ON share_links (api_key_id, api_key_generation) WHERE api_key_id IS NOT NULL;
CREATE INDEX expiring_share_links ON share_links (expires_at_ms) WHERE expires_at_ms IS NOT NULL;
CREATE INDEX used_up_share_links ON share_links (last_download_at_ms) WHERE downloads >= max_downloads;

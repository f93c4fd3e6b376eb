-- Requests with an Idempotency-Key: a repeated request gets the stored response of the first one.
CREATE TABLE idempotent_requests (
  organization_id TEXT NOT NULL,
  key_sha256 TEXT NOT NULL,
  -- Hash of the request, because a key belongs to one request.
  fingerprint TEXT NOT NULL,
  began_at_ms BIGINT NOT NULL,
  -- Time at which a request without a response counts as abandoned.
  lease_until_ms BIGINT NOT NULL,
  response TEXT,
  PRIMARY KEY (organization_id, key_sha256)
);

CREATE INDEX idempotent_requests_by_time ON idempotent_requests (began_at_ms);

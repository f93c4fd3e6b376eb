-- What requests that are under way have reserved for bodies without an upload session; part of the organization's
-- `storage_reserved_bytes`. One that its process does not renew, because that has crashed, is given back.
CREATE TABLE reservations (
  id TEXT PRIMARY KEY,
  organization_id TEXT NOT NULL REFERENCES organizations (id),
  -- The process.
  holder TEXT NOT NULL,
  size_bytes BIGINT NOT NULL,
  expires_at_ms BIGINT NOT NULL
);

CREATE INDEX reservations_by_expiry ON reservations (expires_at_ms);

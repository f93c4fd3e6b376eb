-- How often the event happened: refusals of one key, with one code and in one minute, share a row.
ALTER TABLE audit_events ADD COLUMN count BIGINT NOT NULL DEFAULT 1;

-- The address that the request came from, 'several' where they differ; null for the command line, and where it is unknown.
ALTER TABLE audit_events ADD COLUMN client_address TEXT;

-- Names the row that further refusals of the same kind are added to; null for a row that stands for one event.
ALTER TABLE audit_events ADD COLUMN refusal_key TEXT;

CREATE UNIQUE INDEX audit_events_by_refusal ON audit_events (refusal_key) WHERE refusal_key IS NOT NULL;

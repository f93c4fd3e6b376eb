-- Conversations with their items, and responses of the model.
CREATE TABLE conversations (
  id TEXT COLLATE "C" PRIMARY KEY,
  organization_id TEXT COLLATE "C" NOT NULL REFERENCES organizations (id),
  title TEXT,
  -- JSON.
  metadata TEXT NOT NULL,
  created_by TEXT COLLATE "C" NOT NULL,
  created_at_ms BIGINT NOT NULL,
  updated_at_ms BIGINT NOT NULL,
  -- Deleted items do not count.
  item_count BIGINT NOT NULL DEFAULT 0,
  message_count BIGINT NOT NULL DEFAULT 0,
  -- Position of the next item; it never goes back.
  next_position BIGINT NOT NULL DEFAULT 0,
  -- Response that works on the conversation; another one may take it over when the lease has ended.
  holder TEXT COLLATE "C",
  held_until_ms BIGINT
);

CREATE INDEX conversations_newest_first ON conversations (organization_id, created_at_ms DESC, id DESC);

CREATE INDEX conversations_by_creator ON conversations (organization_id, created_by, created_at_ms DESC, id DESC);

-- A deleted item keeps its row without its content, because its position remains a cursor.
CREATE TABLE conversation_items (
  conversation_id TEXT COLLATE "C" NOT NULL REFERENCES conversations (id),
  position BIGINT NOT NULL,
  id TEXT COLLATE "C" NOT NULL,
  organization_id TEXT COLLATE "C" NOT NULL,
  is_message BIGINT NOT NULL,
  -- Response that appended the item; null when a client did.
  response_id TEXT COLLATE "C",
  created_at_ms BIGINT NOT NULL,
  -- Size of the content. It stands before the content, so that SQLite reads it without the content.
  bytes BIGINT NOT NULL,
  -- JSON; null for a deleted item.
  content TEXT,
  PRIMARY KEY (conversation_id, position)
);

CREATE UNIQUE INDEX conversation_items_by_id ON conversation_items (conversation_id, id);

CREATE TABLE responses (
  id TEXT COLLATE "C" PRIMARY KEY,
  organization_id TEXT COLLATE "C" NOT NULL REFERENCES organizations (id),
  conversation_id TEXT COLLATE "C" REFERENCES conversations (id),
  -- Without a foreign key: a deleted response leaves a gap.
  previous_response_id TEXT COLLATE "C",
  created_at_ms BIGINT NOT NULL,
  expires_at_ms BIGINT NOT NULL,
  -- Size of the next two columns.
  bytes BIGINT NOT NULL,
  -- JSON, with the output.
  response TEXT NOT NULL,
  -- JSON list of items.
  input TEXT NOT NULL
);

CREATE INDEX responses_of_conversation ON responses (conversation_id) WHERE conversation_id IS NOT NULL;

CREATE INDEX responses_by_expiry ON responses (expires_at_ms);

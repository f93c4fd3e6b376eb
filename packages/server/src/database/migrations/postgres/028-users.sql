-- Persons who sign in with the OpenID Connect provider.
CREATE TABLE users (
  id TEXT COLLATE "C" PRIMARY KEY,
  issuer TEXT COLLATE "C" NOT NULL,
  subject TEXT COLLATE "C" NOT NULL,
  name TEXT,
  email TEXT,
  is_email_verified INTEGER NOT NULL,
  created_at_ms BIGINT NOT NULL,
  -- Time at which the newest known token was issued. The columns above have what this token says.
  last_sign_in_at_ms BIGINT NOT NULL
);

CREATE UNIQUE INDEX users_by_identity ON users (issuer, subject);

-- Users of organizations, and invitations: these have no user yet.
CREATE TABLE members (
  id TEXT COLLATE "C" PRIMARY KEY,
  organization_id TEXT COLLATE "C" NOT NULL REFERENCES organizations (id),
  user_id TEXT COLLATE "C" REFERENCES users (id),
  -- Invited address in lower case; null for a member that was added without one.
  email TEXT COLLATE "C",
  role TEXT NOT NULL CHECK (role IN ('owner', 'admin', 'member', 'viewer')),
  -- Names of departments as JSON.
  departments TEXT NOT NULL,
  -- Key or user that added the member; null when the operator or the provider did.
  added_by TEXT COLLATE "C",
  created_at_ms BIGINT NOT NULL,
  joined_at_ms BIGINT
);

CREATE UNIQUE INDEX members_of_organization ON members (organization_id, id);
CREATE UNIQUE INDEX members_by_user ON members (user_id, organization_id) WHERE user_id IS NOT NULL;
CREATE UNIQUE INDEX invitations_by_email ON members (email, organization_id) WHERE user_id IS NULL;
CREATE INDEX owners_of_organization ON members (organization_id) WHERE role = 'owner' AND user_id IS NOT NULL;

-- The departments of members, one a row, for the access rules of vector stores.
CREATE TABLE member_departments (
  member_id TEXT COLLATE "C" NOT NULL REFERENCES members (id) ON DELETE CASCADE,
  department TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (member_id, department)
);

-- User that uploaded the File, or added it to the store; null when a key or the operator did.
ALTER TABLE files ADD COLUMN uploaded_by TEXT COLLATE "C";
ALTER TABLE vector_store_files ADD COLUMN added_by TEXT COLLATE "C";
-- User that opened the session; null for others.
ALTER TABLE upload_sessions ADD COLUMN user_id TEXT COLLATE "C";

-- Departments as JSON that may use the store. Such a store is `private` for versions that do not know departments.
ALTER TABLE vector_stores ADD COLUMN access_departments TEXT;
-- Users as JSON that may use a private store; null for none.
ALTER TABLE vector_stores ADD COLUMN access_users TEXT;

-- The users and departments of these columns that have access, one a row.
CREATE TABLE vector_store_grants (
  vector_store_id TEXT COLLATE "C" NOT NULL REFERENCES vector_stores (id) ON DELETE CASCADE,
  kind TEXT COLLATE "C" NOT NULL CHECK (kind IN ('user', 'department')),
  name TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (vector_store_id, kind, name)
);

-- Adds the event that the trigger names, with the member and the name and address of the user.
CREATE FUNCTION waybill_tell_member() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE changed members := CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
BEGIN
  IF NOT EXISTS (SELECT FROM unfinished_copy) THEN
    INSERT INTO new_events (organization_id, type, snapshot)
      SELECT changed.organization_id, TG_ARGV[0],
        (to_jsonb(changed) || jsonb_build_object('user_name', users.name, 'user_email', users.email))::text
      FROM users WHERE users.id = changed.user_id;
  END IF;
  RETURN NULL;
END $$;

-- An invitation is no member yet.
CREATE TRIGGER tell_member_added AFTER INSERT ON members FOR EACH ROW WHEN (NEW.user_id IS NOT NULL)
  EXECUTE FUNCTION waybill_tell_member('member.added');

CREATE TRIGGER tell_member_joined AFTER UPDATE OF user_id ON members FOR EACH ROW
  WHEN (OLD.user_id IS NULL AND NEW.user_id IS NOT NULL)
  EXECUTE FUNCTION waybill_tell_member('member.added');

CREATE TRIGGER tell_member_removed AFTER DELETE ON members FOR EACH ROW WHEN (OLD.user_id IS NOT NULL)
  EXECUTE FUNCTION waybill_tell_member('member.removed');

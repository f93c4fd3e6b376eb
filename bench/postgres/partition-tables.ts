import type { Client } from 'pg'

/**
 * Partitions the tables that grow with the number of files by a hash of the organization, in a new schema. Uniqueness is
 * then enforced within an organization only; ids, object names and secrets are unique by construction.
 */
export async function partitionTables(client: Client, partitions: number): Promise<void> {
  await client.query(`
    ALTER TABLE files RENAME TO whole_files;
    ALTER TABLE upload_sessions RENAME TO whole_sessions;
    CREATE TABLE files (LIKE whole_files INCLUDING CONSTRAINTS) PARTITION BY HASH (organization_id);
    CREATE TABLE upload_sessions (LIKE whole_sessions INCLUDING CONSTRAINTS) PARTITION BY HASH (organization_id);
    DROP TABLE whole_files, whole_sessions;
    ALTER TABLE files ADD PRIMARY KEY (organization_id, id), ADD UNIQUE (organization_id, object_name),
      ADD FOREIGN KEY (organization_id) REFERENCES organizations (id);
    CREATE INDEX ON files (organization_id, uploaded_at_ms DESC, id DESC) WHERE deleted_at_ms IS NULL;
    CREATE INDEX ON files (deleted_at_ms) WHERE deleted_at_ms IS NOT NULL;
    ALTER TABLE upload_sessions ADD PRIMARY KEY (organization_id, file_id),
      ADD UNIQUE (organization_id, upload_id_sha256), ADD UNIQUE (organization_id, object_name),
      ADD FOREIGN KEY (organization_id) REFERENCES organizations (id);
    CREATE INDEX ON upload_sessions (organization_id, created_at_ms DESC, file_id DESC)
      WHERE state IN ('open', 'small-chunk');
    CREATE INDEX ON upload_sessions (expires_at_ms) WHERE state IN ('open', 'small-chunk', 'dead');
    CREATE INDEX ON upload_sessions (expires_at_ms) WHERE state IN ('cancelled', 'expired');`)
  for (let remainder = 0; remainder < partitions; remainder++) {
    for (const table of ['files', 'upload_sessions']) {
      await client.query(
        `CREATE TABLE ${table}_${remainder} PARTITION OF ${table}
         FOR VALUES WITH (MODULUS ${partitions}, REMAINDER ${remainder})`,
      )
    }
  }
}

import type { Database } from '../database.ts'
import { createApiKeyRecords } from './api-key-records.ts'
import { createAuditRecords } from './audit-records.ts'
import { openConnection } from './connection.ts'
import { createCredentialRecords } from './credential-records.ts'
import { createFileRecords } from './file-records.ts'
import { createHousekeepingRecords } from './housekeeping-records.ts'
import { createInstallationRecords } from './installation-records.ts'
import { createOrganizationRecords } from './organization-records.ts'
import { createUploadSessionRecords } from './upload-session-records.ts'

/**
 * The embedded database, in one file (or `:memory:`) that several processes of one machine may share.
 * Throws when the file cannot be opened or holds a newer schema.
 */
export function openSqliteDatabase(path: string): Database {
  const connection = openConnection(path)
  return {
    kind: 'sqlite',
    installation: createInstallationRecords(connection),
    credentials: createCredentialRecords(connection),
    organizations: createOrganizationRecords(connection),
    apiKeys: createApiKeyRecords(connection),
    uploadSessions: createUploadSessionRecords(connection),
    files: createFileRecords(connection),
    housekeeping: createHousekeepingRecords(connection),
    audit: createAuditRecords(connection),
    check: () =>
      connection.read(() => {
        connection.get('SELECT 1')
      }),
    close: connection.close,
  }
}

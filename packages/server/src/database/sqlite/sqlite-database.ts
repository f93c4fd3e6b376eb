import type { Database } from '../database.ts'
import { createBucketStatements } from '../sql/bucket-statements.ts'
import { createConversationStatements } from '../sql/conversation-statements.ts'
import { createCredentialStatements } from '../sql/credential-statements.ts'
import { createEventStatements } from '../sql/event-statements.ts'
import { createIdempotentRequestStatements } from '../sql/idempotent-request-statements.ts'
import { createJobStatements } from '../sql/job-statements.ts'
import { createMemberStatements } from '../sql/member-statements.ts'
import { createOrganizationStatements } from '../sql/organization-statements.ts'
import { createResponseStatements } from '../sql/response-statements.ts'
import { createScanStatements } from '../sql/scan-statements.ts'
import { createShareLinkStatements } from '../sql/share-link-statements.ts'
import { createTaskStatements } from '../sql/task-statements.ts'
import { createUserStatements } from '../sql/user-statements.ts'
import { createVectorStoreStatements } from '../sql/vector-store-statements.ts'
import { createWebhookStatements } from '../sql/webhook-statements.ts'
import { createApiKeyRecords } from './api-key-records.ts'
import { createAuditRecords } from './audit-records.ts'
import { openConnection } from './connection.ts'
import { createFileRecords } from './file-records.ts'
import { createHousekeepingRecords } from './housekeeping-records.ts'
import { createInstallationRecords } from './installation-records.ts'
import { createReservationRecords } from './reservation-records.ts'
import { createUploadSessionRecords } from './upload-session-records.ts'

/**
 * Opens an embedded database in a file or in `:memory:`. Several processes of one machine may share the file.
 * Throws when it cannot be opened or holds a newer schema.
 */
export function openSqliteDatabase(path: string): Database {
  const connection = openConnection(path)
  const { statements } = connection
  return {
    kind: 'sqlite',
    installation: createInstallationRecords(connection),
    credentials: createCredentialStatements(statements),
    organizations: createOrganizationStatements(statements),
    apiKeys: createApiKeyRecords(connection),
    uploadSessions: createUploadSessionRecords(connection),
    files: createFileRecords(connection),
    scans: createScanStatements(statements),
    shareLinks: createShareLinkStatements(connection.transactions),
    buckets: createBucketStatements(connection.transactions),
    reservations: createReservationRecords(connection),
    housekeeping: createHousekeepingRecords(connection),
    audit: createAuditRecords(connection),
    jobs: createJobStatements(statements),
    tasks: createTaskStatements(connection.transactions),
    idempotentRequests: createIdempotentRequestStatements(statements),
    vectorStores: createVectorStoreStatements(connection.transactions),
    conversations: createConversationStatements(connection.transactions),
    responses: createResponseStatements(connection.transactions),
    events: createEventStatements(connection.transactions),
    webhooks: createWebhookStatements(connection.transactions),
    users: createUserStatements(connection.transactions),
    members: createMemberStatements(connection.transactions),
    check: async () => {
      // Reads a table, because SQLite answers a constant without reading the file.
      await statements.get('SELECT id FROM organizations LIMIT 1')
    },
    roomBytes: async () => connection.roomBytes(),
    keepBallast: connection.keepBallast,
    clockMs: async () => null,
    pool: () => null,
    close: connection.close,
  }
}

import { ServiceError } from '../../domain/errors.ts'
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
import { createConnection, type PoolOptions } from './connection.ts'
import { createFileRecords } from './file-records.ts'
import { createHousekeepingRecords } from './housekeeping-records.ts'
import { createInstallationRecords } from './installation-records.ts'
import { migrate } from './migrate.ts'
import { createReservationRecords } from './reservation-records.ts'
import { createUploadSessionRecords } from './upload-session-records.ts'

/**
 * Opens a database on a PostgreSQL server, for any number of processes on any number of machines. Calls `onLost` when
 * an idle connection breaks.
 * Throws when the database cannot be reached, holds a newer schema, or holds an unfinished copy.
 */
export async function openPostgresDatabase(
  options: PoolOptions,
  onLost: (reason: string) => void,
): Promise<Database> {
  const connection = createConnection(options, onLost)
  try {
    await migrate(connection)
  } catch (error) {
    await connection.close()
    // The operator needs the message of PostgreSQL, not just "the database cannot be used".
    throw error instanceof ServiceError && error.cause ? error.cause : error
  }
  const { statements } = connection
  const files = createFileRecords(connection)
  return {
    kind: 'postgres',
    installation: createInstallationRecords(connection),
    credentials: createCredentialStatements(statements),
    organizations: createOrganizationStatements(statements),
    apiKeys: createApiKeyRecords(connection),
    uploadSessions: createUploadSessionRecords(connection, files.register),
    files,
    scans: createScanStatements(connection.statements),
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
      await statements.get('SELECT id FROM organizations LIMIT 1')
    },
    roomBytes: async () => null,
    keepBallast: () => {},
    clockMs: async () => {
      const row = await statements.get('SELECT extract(epoch FROM clock_timestamp()) * 1000 AS now_ms')
      return Number(row?.now_ms)
    },
    pool: connection.poolState,
    close: connection.close,
  }
}

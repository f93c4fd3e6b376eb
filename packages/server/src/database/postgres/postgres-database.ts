import { ServiceError } from '../../domain/errors.ts'
import type { Database } from '../database.ts'
import { createConversationStatements } from '../sql/conversation-statements.ts'
import { createCredentialStatements } from '../sql/credential-statements.ts'
import { createIdempotentRequestStatements } from '../sql/idempotent-request-statements.ts'
import { createJobStatements } from '../sql/job-statements.ts'
import { createOrganizationStatements } from '../sql/organization-statements.ts'
import { createResponseStatements } from '../sql/response-statements.ts'
import { createTaskStatements } from '../sql/task-statements.ts'
import { createVectorStoreStatements } from '../sql/vector-store-statements.ts'
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
  return {
    kind: 'postgres',
    installation: createInstallationRecords(connection),
    credentials: createCredentialStatements(statements),
    organizations: createOrganizationStatements(statements),
    apiKeys: createApiKeyRecords(connection),
    uploadSessions: createUploadSessionRecords(connection),
    files: createFileRecords(connection),
    reservations: createReservationRecords(connection),
    housekeeping: createHousekeepingRecords(connection),
    audit: createAuditRecords(connection),
    jobs: createJobStatements(statements),
    tasks: createTaskStatements(connection.transactions),
    idempotentRequests: createIdempotentRequestStatements(statements),
    vectorStores: createVectorStoreStatements(connection.transactions),
    conversations: createConversationStatements(connection.transactions),
    responses: createResponseStatements(connection.transactions),
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

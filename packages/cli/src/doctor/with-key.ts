import type { Database } from '@waybill/server/database/database.ts'
import type { Log } from '@waybill/server/operations/context.ts'
import { createApiKey } from '@waybill/server/operations/create-api-key.ts'
import { deleteApiKey } from '@waybill/server/operations/delete-api-key.ts'
import { readInstallationTime } from '@waybill/server/operations/installation-clock.ts'
import { auditOperator } from '../audit-operator.ts'

export interface Key {
  readonly organizationId: string
  readonly apiKey: string
}

/** Should the doctor be killed, its key ends by itself. */
const KEY_MS = 60 * 60_000

const REVOKES_ALL = { endsSessions: true, revokesLinks: true }

/** Makes a key of the organization that may read and write files, for `work` alone, and deletes it afterwards. */
export async function withKey<T>(
  log: Log,
  database: Database,
  organizationId: string,
  work: (key: Key) => Promise<T>,
): Promise<T> {
  const now = await readInstallationTime(database.installation)
  const context = { database, storage: null, log, now }
  const { apiKey, secret } = await createApiKey(context, organizationId, null, {
    name: 'waybill doctor',
    scopes: ['files:read', 'files:write'],
    expiresAt: new Date(now() + KEY_MS).toISOString(),
  })
  await auditOperator(context, 'createApiKey', organizationId, apiKey.id)
  try {
    return await work({ organizationId, apiKey: secret })
  } finally {
    await deleteApiKey(context, organizationId, apiKey.id, REVOKES_ALL)
    await auditOperator(context, 'deleteApiKey', organizationId, apiKey.id)
  }
}

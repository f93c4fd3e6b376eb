import type { Database } from '@waybill/server/database/database.ts'
import { createApiKey } from '@waybill/server/operations/access/create-api-key.ts'
import { deleteApiKey } from '@waybill/server/operations/access/delete-api-key.ts'
import { readInstallationTime } from '@waybill/server/operations/installation/installation-clock.ts'
import { auditOperator } from '../audit-operator.ts'

export interface Key {
  readonly organizationId: string
  readonly apiKey: string
}

/** Lifetime of the key, so that it expires if the doctor is killed before it deletes the key. */
const KEY_MS = 60 * 60_000

const REVOKES_ALL = { endsSessions: true, revokesLinks: true }

/** Creates a key of the organization that may read and write files, runs `work` with it and deletes it afterwards. */
export async function withKey<T>(
  database: Database,
  organizationId: string,
  work: (key: Key) => Promise<T>,
): Promise<T> {
  const now = await readInstallationTime(database.installation)
  const context = { database, storage: null, log: { warn: console.error }, now }
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

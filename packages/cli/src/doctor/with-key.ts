import type { Database } from '@waybill/server/database/database.ts'
import { operatorCaller } from '@waybill/server/domain/access/caller.ts'
import { createApiKey } from '@waybill/server/operations/access/create-api-key.ts'
import { deleteApiKey } from '@waybill/server/operations/access/delete-api-key.ts'
import type { Log } from '@waybill/server/operations/log.ts'
import { withAudit } from '../with-database.ts'

export interface Key {
  readonly organizationId: string
  readonly apiKey: string
}

/** Lifetime of the key, so that it expires if the doctor is killed before it deletes the key. */
const KEY_MS = 60 * 60_000

const REVOKES_ALL = { endsSessions: true, revokesLinks: true }

/** Creates a key of the organization that may read and write files, runs `work` with it and deletes it afterwards. */
export async function withKey<T>(
  log: Log,
  database: Database,
  organizationId: string,
  work: (key: Key) => Promise<T>,
): Promise<T> {
  return withAudit(database, log, async (context) => {
    const operator = operatorCaller(organizationId)
    const { apiKey, secret } = await createApiKey(context, operator, {
      name: 'waybill doctor',
      scopes: ['files:read', 'files:write'],
      expiresAt: new Date(context.now() + KEY_MS).toISOString(),
    })
    try {
      return await work({ organizationId, apiKey: secret })
    } finally {
      const input = { keyId: apiKey.id, revocation: REVOKES_ALL }
      await deleteApiKey({ ...context, storage: null }, operator, input)
    }
  })
}

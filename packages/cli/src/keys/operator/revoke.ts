import { operatorCaller } from '@waybill/server/domain/access/caller.ts'
import { deactivateApiKey } from '@waybill/server/operations/access/deactivate-api-key.ts'
import { toApiKeyBody } from '@waybill/server/protocols/waybill/api-key-body.ts'
import type { CommandIo } from '../../command-io.ts'
import { withDatabase } from '../../with-database.ts'
import { createdKeysText } from '../created-keys-text.ts'
import { stateText } from '../key-state.ts'

interface Options {
  readonly organization: string
  readonly endSessions?: boolean
  readonly revokeLinks?: boolean
  readonly json?: boolean
}

/** Deactivates a key in the database. Running servers then refuse it, and delete the bytes of its cancelled uploads. */
export async function revoke(io: CommandIo, keyId: string, options: Options): Promise<void> {
  const { organization, endSessions = false, revokeLinks = false, json } = options
  const revocation = { endsSessions: endSessions, revokesLinks: revokeLinks }
  const answer = await withDatabase(io, async (context) => {
    const input = { keyId, revocation }
    const { key, created } = await deactivateApiKey(
      { ...context, storage: null },
      operatorCaller(organization),
      input,
    )
    const created_keys = created.keys.map(toApiKeyBody)
    return { ...toApiKeyBody(key), created_keys, created_keys_total: created.total }
  })
  io.print(json ? JSON.stringify(answer) : stateText(answer) + createdKeysText(answer))
}

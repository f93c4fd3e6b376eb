import { deactivateApiKey } from '@waybill/server/operations/deactivate-api-key.ts'
import { toApiKeyBody } from '@waybill/server/routes/http/api-key-body.ts'
import { auditOperator } from '../../audit-operator.ts'
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

/** Revokes a key. Running servers refuse its next request, and remove the bytes of its ended sessions. */
export async function revoke(io: CommandIo, keyId: string, options: Options): Promise<void> {
  const { organization, endSessions = false, revokeLinks = false, json } = options
  const revocation = { endsSessions: endSessions, revokesLinks: revokeLinks }
  const answer = await withDatabase(io.env, async (context) => {
    const revoking = { ...context, storage: null, log: io }
    const { key, created } = await deactivateApiKey(revoking, organization, keyId, revocation)
    await auditOperator(context, 'deactivateApiKey', organization, key.id)
    const created_keys = created.keys.map(toApiKeyBody)
    return { ...toApiKeyBody(key), created_keys, created_keys_total: created.total }
  })
  io.print(json ? JSON.stringify(answer) : stateText(answer) + createdKeysText(answer))
}

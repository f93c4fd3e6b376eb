import { setApiKeyState } from '@waybill/server/operations/set-api-key-state.ts'
import { toApiKeyBody } from '@waybill/server/routes/http/api-key-body.ts'
import { auditOperator } from '../../audit-operator.ts'
import { withDatabase } from '../../with-database.ts'
import { stateText } from '../key-state.ts'

interface Options {
  readonly organization: string
  readonly json?: boolean
}

/** A running server refuses the key from its next request on. */
export async function revoke(keyId: string, { organization, json }: Options): Promise<void> {
  const key = await withDatabase(async (context) => {
    const revoked = await setApiKeyState(context, organization, keyId, 'deactivate')
    await auditOperator(context, 'deactivateApiKey', organization, revoked.id)
    return toApiKeyBody(revoked)
  })
  console.log(json ? JSON.stringify(key) : stateText(key))
}

import { createApiKey } from '@waybill/server/operations/create-api-key.ts'
import { toApiKeyBody } from '@waybill/server/routes/http/api-key-body.ts'
import { auditOperator } from '../../audit-operator.ts'
import type { CommandIo } from '../../command-io.ts'
import { withDatabase } from '../../with-database.ts'
import { expiryOf } from '../expiry-of.ts'
import { secretText } from '../secret-text.ts'

interface Options {
  readonly organization: string
  readonly name: string
  readonly scopes?: readonly string[]
  readonly expiresAt?: string
  readonly json?: boolean
}

/** Also the way back in for an organization whose admin keys are lost. */
export async function create(
  io: CommandIo,
  { organization, name, scopes, expiresAt, json }: Options,
): Promise<void> {
  const input = {
    name,
    ...(scopes === undefined ? {} : { scopes }),
    ...(expiresAt === undefined ? {} : { expiresAt: expiryOf(expiresAt) }),
  }
  const { apiKey, secret } = await withDatabase(io.env, async (context) => {
    const created = await createApiKey(context, organization, null, input)
    await auditOperator(context, 'createApiKey', organization, created.apiKey.id)
    return created
  })
  if (json) return io.print(JSON.stringify({ ...toApiKeyBody(apiKey), key: secret }))
  io.print(secretText(`${apiKey.id} was created.`, secret))
}

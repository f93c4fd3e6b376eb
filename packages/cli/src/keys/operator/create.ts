import { operatorCaller } from '@waybill/server/domain/access/caller.ts'
import { createApiKey } from '@waybill/server/operations/access/create-api-key.ts'
import { toApiKeyBody } from '@waybill/server/protocols/waybill/api-key-body.ts'
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

/** Creates a key in the database. It also restores access for an organization that has lost its admin keys. */
export async function create(
  io: CommandIo,
  { organization, name, scopes, expiresAt, json }: Options,
): Promise<void> {
  const input = {
    name,
    ...(scopes === undefined ? {} : { scopes }),
    ...(expiresAt === undefined ? {} : { expiresAt: expiryOf(expiresAt) }),
  }
  const { apiKey, secret } = await withDatabase(io, (context) =>
    createApiKey(context, operatorCaller(organization), input),
  )
  if (json) return io.print(JSON.stringify({ ...toApiKeyBody(apiKey), key: secret }))
  io.print(secretText(`Created ${apiKey.id}.`, secret))
}

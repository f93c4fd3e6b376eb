import type { Scope } from '@waybill/sdk'
import type { CommandIo } from '../command-io.ts'
import { openClient } from '../files/connection.ts'
import { expiryOf } from './expiry-of.ts'
import { OPERATOR_ALTERNATIVE } from './operator-alternative.ts'
import { secretText } from './secret-text.ts'

interface Options {
  readonly name: string
  /** Scopes as typed. The service refuses unknown ones. */
  readonly scopes?: readonly Scope[]
  readonly expiresAt?: string
  readonly json?: boolean
}

/** Creates a key and prints its secret, which cannot be shown again. */
export async function create(io: CommandIo, { name, scopes, expiresAt, json }: Options): Promise<void> {
  const client = await openClient(io, { alternative: OPERATOR_ALTERNATIVE })
  const created = await client.apiKeys.create({
    key_name: name,
    ...(scopes === undefined ? {} : { scopes }),
    ...(expiresAt === undefined ? {} : { expires_at: expiryOf(expiresAt) }),
  })
  io.print(json ? JSON.stringify(created) : secretText(`Created ${created.id}.`, created.key))
}

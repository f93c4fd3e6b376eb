import type { Scope } from '@waybill/sdk'
import type { CommandIo } from '../command-io.ts'
import { openClient } from '../files/connection.ts'
import { expiryOf } from './expiry-of.ts'
import { OR_OPERATOR } from './or-operator.ts'
import { secretText } from './secret-text.ts'

interface Options {
  readonly name: string
  /** What is no scope the service refuses. */
  readonly scopes?: readonly Scope[]
  readonly expiresAt?: string
  readonly json?: boolean
}

/** The secret is shown this once. */
export async function create(io: CommandIo, { name, scopes, expiresAt, json }: Options): Promise<void> {
  const client = await openClient(io, { orElse: OR_OPERATOR })
  const created = await client.apiKeys.create({
    key_name: name,
    ...(scopes === undefined ? {} : { scopes }),
    ...(expiresAt === undefined ? {} : { expires_at: expiryOf(expiresAt) }),
  })
  io.print(json ? JSON.stringify(created) : secretText(`${created.id} was created.`, created.key))
}

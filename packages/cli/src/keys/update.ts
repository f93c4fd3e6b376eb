import type { Scope, UpdateApiKeyBody } from '@waybill/sdk'
import type { CommandIo } from '../command-io.ts'
import { factsText } from '../facts-text.ts'
import { openClient } from '../files/connection.ts'
import { expiryOf } from './expiry-of.ts'

interface Options {
  readonly name?: string
  /** Scopes as typed. The service refuses unknown ones. */
  readonly scopes?: readonly Scope[]
  readonly expiresAt?: string
  readonly json?: boolean
}

/** Changes the given properties of a key and prints the key. */
export async function update(
  io: CommandIo,
  keyId: string,
  { name, scopes, expiresAt, json }: Options,
): Promise<void> {
  const changes: UpdateApiKeyBody = {
    ...(name === undefined ? {} : { key_name: name }),
    ...(scopes === undefined ? {} : { scopes }),
    ...(expiresAt === undefined ? {} : { expires_at: expiryOf(expiresAt) }),
  }
  if (Object.keys(changes).length === 0) {
    throw new Error('there is nothing to change: use --name, --scopes or --expires-at.')
  }
  const client = await openClient(io)
  const key = await client.apiKeys.update(keyId, changes)
  io.print(json ? JSON.stringify(key) : factsText(key))
}

import type { CommandIo } from '../command-io.ts'
import { openClient } from '../files/connection.ts'

export interface CreateOptions {
  readonly description?: string
  readonly private?: boolean
  readonly expiresAfter?: number
  readonly json?: boolean
}

/** Creates a vector store and prints its id. */
export async function create(
  io: CommandIo,
  name: string,
  { description, private: isPrivate, expiresAfter, json }: CreateOptions,
): Promise<void> {
  const client = await openClient(io)
  const store = await client.vectorStores.create({
    name,
    ...(description === undefined ? {} : { description }),
    ...(isPrivate ? { access_mode: 'private' } : {}),
    ...(expiresAfter === undefined
      ? {}
      : { expires_after: { anchor: 'last_active_at', days: expiresAfter } }),
  })
  io.print(json ? JSON.stringify(store) : `Created ${store.id}.`)
}

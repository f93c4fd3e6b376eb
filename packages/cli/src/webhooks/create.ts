import type { CommandIo } from '../command-io.ts'
import { openClient } from '../files/connection.ts'
import { secretText } from './secret-text.ts'
import { typesOf } from './types-of.ts'

interface Options {
  readonly types?: readonly string[]
  readonly description?: string
  readonly json?: boolean
}

/** Adds a webhook and prints its secret, which cannot be shown again. */
export async function create(
  io: CommandIo,
  url: string,
  { types, description, json }: Options,
): Promise<void> {
  const client = await openClient(io)
  const created = await client.webhooks.create({
    url,
    ...(types === undefined ? {} : { types: typesOf(types) }),
    ...(description === undefined ? {} : { description }),
  })
  io.print(json ? JSON.stringify(created) : secretText(`Created ${created.id}.`, created))
}

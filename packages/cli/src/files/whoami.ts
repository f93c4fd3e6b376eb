import type { CommandIo } from '../command-io.ts'
import { createClient, profileName, readService } from './connection.ts'
import { printable } from './printable.ts'

/** Length of the shown key prefix, the same as `key_prefix` in the API. */
const KEY_PREFIX_LENGTH = 13

/** Prints the service, the organization and the key or user of the commands, after the service has accepted them. */
export async function whoami(io: CommandIo, { json }: { readonly json?: boolean }): Promise<void> {
  const service = await readService(io)
  const client = await createClient(io, service)
  const { id, name } = await client.organizations.get()
  const { apiKey, url } = service
  const user = typeof apiKey === 'string' ? null : (await client.me()).user
  const facts = {
    url,
    organization_id: id,
    organization_name: name,
    ...(typeof apiKey === 'string' && { key_prefix: apiKey.slice(0, KEY_PREFIX_LENGTH) }),
    ...(user && { user: { id: user.id, name: user.name, email: user.email } }),
    profile: profileName(io),
  }
  if (json) return io.print(JSON.stringify(facts))
  const profile = facts.profile === null ? '' : `, profile ${facts.profile}`
  const who = user ? printable(user.email ?? user.name ?? user.id) : `key ${facts.key_prefix}…`
  io.print(`${printable(name)} (${id}) at ${url}, ${who}${profile}`)
}

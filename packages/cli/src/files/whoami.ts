import type { CommandIo } from '../command-io.ts'
import { createClient, profileName, readService } from './connection.ts'
import { printable } from './printable.ts'

/** Length of the shown key prefix, the same as `key_prefix` in the API. */
const KEY_PREFIX_LENGTH = 13

/** Prints the service, organization and key that the commands use, after the service has accepted the key. */
export async function whoami(io: CommandIo, { json }: { readonly json?: boolean }): Promise<void> {
  const service = await readService(io)
  const client = await createClient(io, service)
  const { id, name } = await client.organizations.get()
  const facts = {
    url: service.url,
    organization_id: id,
    organization_name: name,
    key_prefix: service.apiKey.slice(0, KEY_PREFIX_LENGTH),
    profile: profileName(io),
  }
  if (json) return io.print(JSON.stringify(facts))
  const profile = facts.profile === null ? '' : `, profile ${facts.profile}`
  io.print(`${printable(name)} (${id}) at ${service.url}, key ${facts.key_prefix}…${profile}`)
}

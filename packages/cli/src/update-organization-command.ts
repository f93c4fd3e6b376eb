import { operatorCaller } from '@waybill/server/domain/access/caller.ts'
import { updateOrganization } from '@waybill/server/operations/organizations/update-organization.ts'
import { toOrganizationBody } from '@waybill/server/protocols/waybill/organization-body.ts'
import { Command, InvalidArgumentError } from 'commander'
import { formatByteSize, parseByteSize } from './byte-size.ts'
import type { CommandIo } from './command-io.ts'
import { withDatabase } from './with-database.ts'

interface Options {
  readonly name?: string
  readonly storageLimit?: number | 'none'
  readonly json?: boolean
}

/** `waybill organizations update`. A running server uses the new values immediately. */
export function updateOrganizationCommand(io: CommandIo): Command {
  return new Command('update')
    .description('Change the name or the storage limit of an organization.')
    .argument('<id>', 'such as org_123')
    .option('--name <name>', 'display name')
    .option('--storage-limit <size>', 'such as 10GB or 512MiB, or "none" for no limit', toStorageLimit)
    .option('--json', 'print JSON')
    .action(async (id: string, { name, storageLimit, json }: Options) => {
      const changes = {
        ...(name === undefined ? {} : { name }),
        ...(storageLimit === undefined
          ? {}
          : { storageLimitBytes: storageLimit === 'none' ? null : storageLimit }),
      }
      if (Object.keys(changes).length === 0)
        throw new Error('there is nothing to change: use --name or --storage-limit.')
      const organization = await withDatabase(io, (context) =>
        updateOrganization(context, operatorCaller(id), changes),
      )
      if (json) return io.print(JSON.stringify(toOrganizationBody(organization)))
      const limit = organization.storageLimitBytes
      const storage = limit === null ? 'no storage limit' : `a storage limit of ${formatByteSize(limit)}`
      io.print(`${organization.id} has the name ${organization.name} and ${storage}.`)
    })
}

/** Parses a size in bytes, or "none". Returns the text `none` because commander treats null as a missing value. */
function toStorageLimit(text: string): number | 'none' {
  if (text === 'none') return text
  const bytes = parseByteSize(text)
  if (bytes !== null) return bytes
  throw new InvalidArgumentError('It must be a size such as 10GB or 512MiB, or none for no limit.')
}

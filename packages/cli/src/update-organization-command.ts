import { updateOrganization } from '@waybill/server/operations/update-organization.ts'
import { toOrganizationBody } from '@waybill/server/routes/http/organization-body.ts'
import { Command, InvalidArgumentError } from 'commander'
import { auditOperator } from './audit-operator.ts'
import { formatByteSize, parseByteSize } from './byte-size.ts'
import type { CommandIo } from './command-io.ts'
import { withDatabase } from './with-database.ts'

interface Options {
  readonly name?: string
  readonly storageLimit?: number | 'none'
  readonly json?: boolean
}

/** `waybill organizations update`: a running server goes by the new values at once. */
export function updateOrganizationCommand(io: CommandIo): Command {
  return new Command('update')
    .description('Change what an organization is called and how much it may store.')
    .argument('<id>', 'such as org_123')
    .option('--name <name>', 'what people call it')
    .option('--storage-limit <size>', 'such as 10GB or 512MiB, or none', toStorageLimit)
    .option('--json', 'answer in JSON')
    .action(async (id: string, { name, storageLimit, json }: Options) => {
      const changes = {
        ...(name === undefined ? {} : { name }),
        ...(storageLimit === undefined
          ? {}
          : { storageLimitBytes: storageLimit === 'none' ? null : storageLimit }),
      }
      const organization = await withDatabase(io.env, async (context) => {
        const updated = await updateOrganization(context, id, changes)
        await auditOperator(context, 'updateOrganization', id, id)
        return updated
      })
      if (json) return io.print(JSON.stringify(toOrganizationBody(organization)))
      const limit = organization.storageLimitBytes
      const storage = limit === null ? 'has no storage limit' : `may store ${formatByteSize(limit)}`
      io.print(`${organization.id} is called ${organization.name} and ${storage}.`)
    })
}

/** Bytes, or `none`: commander takes a null for no value at all. */
function toStorageLimit(text: string): number | 'none' {
  if (text === 'none') return text
  const bytes = parseByteSize(text)
  if (bytes !== null) return bytes
  throw new InvalidArgumentError('A size looks like 10GB or 512MiB; none stands for none.')
}

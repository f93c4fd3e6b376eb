import { operatorCaller } from '@waybill/server/domain/access/caller.ts'
import { listOrganizations } from '@waybill/server/operations/organizations/list-organizations.ts'
import { toOrganizationBody } from '@waybill/server/protocols/waybill/organization-body.ts'
import { Command } from 'commander'
import { allPages } from './all-pages.ts'
import { formatByteSize } from './byte-size.ts'
import type { CommandIo } from './command-io.ts'
import { readCount } from './read-count.ts'
import { tableText } from './table-text.ts'
import { withDatabase } from './with-database.ts'

interface Options {
  readonly limit?: number
  readonly after?: string
  readonly json?: boolean
}

/** `waybill organizations list`. In JSON, each organization has the fields of the API. */
export function listOrganizationsCommand(io: CommandIo): Command {
  return new Command('list')
    .description('List all organizations, newest first.')
    .option('--limit <count>', 'maximum number of entries', readCount(1_000_000))
    .option('--after <id>', 'start after this id')
    .option('--json', 'print JSON')
    .action(async ({ limit, after, json }: Options) => {
      const organizations = await withDatabase(io, (context) =>
        allPages((page) => listOrganizations(context, operatorCaller(null), page), {
          after: after ?? null,
          maxEntries: limit ?? Number.POSITIVE_INFINITY,
        }),
      )
      if (json) return io.print(JSON.stringify(organizations.map(toOrganizationBody)))
      const rows = organizations.map((organization) => [
        organization.id,
        organization.isActive ? 'active' : 'suspended',
        formatByteSize(organization.storageUsedBytes),
        organization.storageLimitBytes === null ? 'none' : formatByteSize(organization.storageLimitBytes),
        organization.name,
      ])
      io.print(tableText([['ID', 'STATE', 'USED', 'LIMIT', 'NAME'], ...rows]))
    })
}

import { listOrganizations } from '@waybill/server/operations/list-organizations.ts'
import { toOrganizationBody } from '@waybill/server/routes/http/organization-body.ts'
import { Command } from 'commander'
import { allPages } from './all-pages.ts'
import { formatByteSize } from './byte-size.ts'
import { tableText } from './table-text.ts'
import { withDatabase } from './with-database.ts'

/** `waybill organizations list`: JSON has each organization as the API shows it. */
export function listOrganizationsCommand(): Command {
  return new Command('list')
    .description('List all organizations, newest first.')
    .option('--json', 'answer in JSON')
    .action(async ({ json }: { readonly json?: boolean }) => {
      const organizations = await withDatabase((context) =>
        allPages((page) => listOrganizations(context, page)),
      )
      if (json) return console.log(JSON.stringify(organizations.map(toOrganizationBody)))
      const rows = organizations.map((organization) => [
        organization.id,
        formatByteSize(organization.storageUsedBytes),
        organization.storageLimitBytes === null ? 'none' : formatByteSize(organization.storageLimitBytes),
        organization.name,
      ])
      console.log(tableText([['ID', 'USED', 'LIMIT', 'NAME'], ...rows]))
    })
}

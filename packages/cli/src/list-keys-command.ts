import { getOrganization } from '@waybill/server/operations/get-organization.ts'
import { listApiKeys } from '@waybill/server/operations/list-api-keys.ts'
import { toApiKeyBody } from '@waybill/server/routes/http/api-key-body.ts'
import { Command } from 'commander'
import { allPages } from './all-pages.ts'
import { tableText } from './table-text.ts'
import { withDatabase } from './with-database.ts'

interface Options {
  readonly organization: string
  readonly json?: boolean
}

/** `waybill keys list`: JSON has each key as the API shows it. */
export function listKeysCommand(): Command {
  return new Command('list')
    .description('List the API keys of an organization, newest first, without their secrets.')
    .requiredOption('--organization <id>', 'such as org_123')
    .option('--json', 'answer in JSON')
    .action(async ({ organization, json }: Options) => {
      const keys = await withDatabase(async (context) => {
        const { id } = await getOrganization(context, organization)
        return allPages((page) => listApiKeys(context, id, page))
      })
      if (json) return console.log(JSON.stringify(keys.map(toApiKeyBody)))
      const rows = keys.map((key) => {
        const { last_used_at, expires_at } = toApiKeyBody(key)
        const scopes = key.scopes.join(',')
        return [
          key.id,
          key.prefix,
          key.state,
          last_used_at ?? 'never',
          expires_at ?? 'never',
          scopes,
          key.name,
        ]
      })
      console.log(tableText([['ID', 'PREFIX', 'STATE', 'LAST USED', 'EXPIRES', 'SCOPES', 'NAME'], ...rows]))
    })
}

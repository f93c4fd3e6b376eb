import { readConfig } from '@waybill/server/config.ts'
import { createOrganization } from '@waybill/server/operations/create-organization.ts'
import { openDatabase } from '@waybill/server/server.ts'
import { Command } from 'commander'

interface Options {
  readonly id?: string
  readonly name: string
  readonly json?: boolean
}

/** `waybill organizations create`: works on the database, so beside a running server too. */
export function createOrganizationCommand(): Command {
  return new Command('create')
    .description('Create an organization and its first API key, which is shown once.')
    .option('--id <id>', 'a chosen id such as org_123')
    .requiredOption('--name <name>', 'what people call it')
    .option('--json', 'answer in JSON')
    .action(async ({ id, name, json }: Options) => {
      const database = await openDatabase(readConfig(process.env).database)
      try {
        const input = { id: id ?? null, name }
        const { organization, apiKey } = await createOrganization({ database, now: Date.now }, input)
        const created = {
          id: organization.id,
          name: organization.name,
          is_active: organization.isActive,
          storage_limit_bytes: organization.storageLimitBytes,
          created_at: new Date(organization.createdAtMs).toISOString(),
          api_key: { id: apiKey.id, key: apiKey.secret },
        }
        console.log(
          json
            ? JSON.stringify(created)
            : `${organization.id} was created. Its API key, shown this once:\n\n  ${apiKey.secret}`,
        )
      } finally {
        await database.close()
      }
    })
}

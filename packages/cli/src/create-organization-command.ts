import { operatorCaller } from '@waybill/server/domain/access/caller.ts'
import { createOrganization } from '@waybill/server/operations/organizations/create-organization.ts'
import { Command } from 'commander'
import { checkBeforeFirstOrganization, NEW_INSTALLATION } from './new-installation.ts'
import { withDatabase } from './with-database.ts'

interface Options {
  readonly id?: string
  readonly name: string
  readonly json?: boolean
  readonly newInstallation?: boolean
}

/** `waybill organizations create` */
export function createOrganizationCommand(): Command {
  return new Command('create')
    .description('Create an organization and its first API key, which is shown once.')
    .option('--id <id>', 'a chosen id such as org_123')
    .requiredOption('--name <name>', 'what people call it')
    .option('--json', 'answer in JSON')
    .option('--new-installation', NEW_INSTALLATION)
    .action(async ({ id, name, json, newInstallation = false }: Options) => {
      const input = { id: id ?? null, name }
      const { organization, apiKey } = await withDatabase(async (context) => {
        await checkBeforeFirstOrganization(context.database, newInstallation)
        return createOrganization(context, operatorCaller(null), input)
      })
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
    })
}

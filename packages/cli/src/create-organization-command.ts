import { createOrganization } from '@waybill/server/operations/create-organization.ts'
import { Command } from 'commander'
import { auditOperator } from './audit-operator.ts'
import type { CommandIo } from './command-io.ts'
import { checkBeforeFirstOrganization, NEW_INSTALLATION } from './new-installation.ts'
import { withDatabase } from './with-database.ts'

interface Options {
  readonly id?: string
  readonly name: string
  readonly json?: boolean
  readonly newInstallation?: boolean
}

/** `waybill organizations create` */
export function createOrganizationCommand(io: CommandIo): Command {
  return new Command('create')
    .description('Create an organization and its first API key, which is shown once.')
    .option('--id <id>', 'a chosen id such as org_123')
    .requiredOption('--name <name>', 'what people call it')
    .option('--json', 'answer in JSON')
    .option('--new-installation', NEW_INSTALLATION)
    .action(async ({ id, name, json, newInstallation = false }: Options) => {
      const input = { id: id ?? null, name }
      const { organization, apiKey } = await withDatabase(io.env, async (context) => {
        await checkBeforeFirstOrganization(io.env, context.database, newInstallation)
        const made = await createOrganization(context, input)
        await auditOperator(context, 'createOrganization', made.organization.id, made.organization.id)
        return made
      })
      const created = {
        id: organization.id,
        name: organization.name,
        is_active: organization.isActive,
        storage_limit_bytes: organization.storageLimitBytes,
        created_at: new Date(organization.createdAtMs).toISOString(),
        api_key: { id: apiKey.id, key: apiKey.secret },
      }
      io.print(
        json
          ? JSON.stringify(created)
          : `${organization.id} was created. Its API key, shown this once:\n\n  ${apiKey.secret}`,
      )
    })
}

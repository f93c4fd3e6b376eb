import { updateOrganization } from '@waybill/server/operations/update-organization.ts'
import { toOrganizationBody } from '@waybill/server/routes/http/organization-body.ts'
import { Command } from 'commander'
import { auditOperator } from './audit-operator.ts'
import type { CommandIo } from './command-io.ts'
import { withDatabase } from './with-database.ts'

/** `waybill organizations suspend`: servers immediately refuse the organization's keys, sessions and download URLs. */
export function suspendOrganizationCommand(io: CommandIo): Command {
  return command(
    io,
    'suspend',
    false,
    'Refuse every key, upload and download URL of an organization; nothing is removed.',
  )
}

/** `waybill organizations resume`: everything that has not expired works again. */
export function resumeOrganizationCommand(io: CommandIo): Command {
  return command(io, 'resume', true, 'End the suspension of an organization.')
}

function command(io: CommandIo, name: 'suspend' | 'resume', isActive: boolean, description: string): Command {
  return new Command(name)
    .description(description)
    .argument('<id>', 'such as org_123')
    .option('--json', 'answer in JSON')
    .action(async (id: string, { json }: { readonly json?: boolean }) => {
      const organization = await withDatabase(io.env, async (context) => {
        const updated = await updateOrganization(context, id, { isActive })
        await auditOperator(context, `${name}Organization`, id, id)
        return updated
      })
      if (json) return io.print(JSON.stringify(toOrganizationBody(organization)))
      io.print(`${organization.id} is ${isActive ? 'active' : 'suspended'}.`)
    })
}

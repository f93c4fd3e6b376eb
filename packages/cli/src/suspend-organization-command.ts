import { operatorCaller } from '@waybill/server/domain/access/caller.ts'
import {
  resumeOrganization,
  suspendOrganization,
} from '@waybill/server/operations/organizations/update-organization.ts'
import { toOrganizationBody } from '@waybill/server/protocols/waybill/organization-body.ts'
import { Command } from 'commander'
import type { CommandIo } from './command-io.ts'
import { withDatabase } from './with-database.ts'

/** `waybill organizations suspend`: servers immediately refuse the organization's keys, sessions and download URLs. */
export function suspendOrganizationCommand(io: CommandIo): Command {
  return command(
    io,
    'suspend',
    suspendOrganization,
    'Refuse all keys, uploads and download URLs of an organization. Nothing is deleted.',
  )
}

/** `waybill organizations resume`: everything that has not expired works again. */
export function resumeOrganizationCommand(io: CommandIo): Command {
  return command(io, 'resume', resumeOrganization, 'End the suspension of an organization.')
}

function command(
  io: CommandIo,
  name: string,
  operation: typeof suspendOrganization,
  description: string,
): Command {
  return new Command(name)
    .description(description)
    .argument('<id>', 'such as org_123')
    .option('--json', 'print JSON')
    .action(async (id: string, { json }: { readonly json?: boolean }) => {
      const organization = await withDatabase(io, (context) => operation(context, operatorCaller(id)))
      if (json) return io.print(JSON.stringify(toOrganizationBody(organization)))
      io.print(`${organization.id} is ${organization.isActive ? 'active' : 'suspended'}.`)
    })
}

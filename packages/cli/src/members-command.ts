import { Command } from 'commander'
import type { CommandIo } from './command-io.ts'
import { withReadableErrors } from './with-readable-errors.ts'

const ORGANIZATION = ['--organization <id>', 'such as org_123', 'org_default'] as const

/** `waybill members …`: works on the database of this machine, for the operator. */
export function membersCommand(io: CommandIo): Command {
  const members = new Command('members')
    .description('Manage the users of an organization, on the database of this machine.')
    .addHelpText(
      'after',
      `
Examples:
  waybill members add --email ada@example.com --role owner
  waybill members list --organization org_123`,
    )
  members
    .command('add')
    .description('Invite an e-mail address, or add a user who has signed in. No mail is sent.')
    .option('--email <address>', 'address that the provider verifies, such as ada@example.com')
    .option('--user <id>', 'such as usr_…')
    .option('--role <role>', 'owner, admin, member or viewer', 'member')
    .option('--departments <list>', 'comma-separated names', readList)
    .option(...ORGANIZATION)
    .option('--json', 'print JSON')
    .action(
      withReadableErrors(io, async (options) =>
        (await import('./members/operator-members.ts')).add(io, options),
      ),
    )
  members
    .command('list')
    .description('List members and invitations, oldest first.')
    .option(...ORGANIZATION)
    .option('--json', 'print JSON')
    .action(
      withReadableErrors(io, async (options) =>
        (await import('./members/operator-members.ts')).list(io, options),
      ),
    )
  members
    .command('remove')
    .description('Remove a member, or withdraw an invitation.')
    .argument('<id>', 'such as mem_…')
    .option(...ORGANIZATION)
    .option('--json', 'print JSON')
    .action(
      withReadableErrors(io, async (id, options) =>
        (await import('./members/operator-members.ts')).remove(io, id, options),
      ),
    )
  return members
}

function readList(text: string): string[] {
  return text.split(',').map((item) => item.trim())
}

import { redactPasswords } from '@waybill/server/platform/redact.ts'
import { Command } from 'commander'
import packageFile from '../package.json' with { type: 'json' }
import { auditCommand } from './audit-command.ts'
import { clockCommand } from './clock-command.ts'
import { completionCommand } from './completion-command.ts'
import { copyDatabaseCommand } from './copy-database-command.ts'
import { createOrganizationCommand } from './create-organization-command.ts'
import { doctorCommand } from './doctor-command.ts'
import { filesCommand } from './files-command.ts'
import { keysCommand } from './keys-command.ts'
import { listOrganizationsCommand } from './list-organizations-command.ts'
import { loginCommand, logoutCommand, whoamiCommand } from './login-command.ts'
import { nearestCommand } from './nearest-command.ts'
import { rotateSecretCommand } from './rotate-secret-command.ts'
import { scrubCommand } from './scrub-command.ts'
import { serveCommand } from './serve-command.ts'
import { resumeOrganizationCommand, suspendOrganizationCommand } from './suspend-organization-command.ts'
import { sweepCommand } from './sweep-command.ts'
import { updateOrganizationCommand } from './update-organization-command.ts'

const program = new Command('waybill')
  .description('A file service with resumable uploads.')
  // The message quotes the user's input, which may be a URL with a password.
  .configureOutput({ outputError: (text, write) => write(redactPasswords(text)) })
  .version(packageFile.version, '--version')
  .option('--profile <name>', 'the login to use, of those that "login --profile" has stored')
  .hook('preAction', () => {
    const { profile } = program.opts<{ profile?: string }>()
    if (profile !== undefined) process.env.WAYBILL_PROFILE = profile
  })
  .on('command:*', ([word = '']: string[]) => {
    const nearest = nearestCommand(program, word)
    const advice =
      nearest === null ? '"waybill --help" lists the commands.' : `Did you mean "waybill ${nearest}"?`
    program.error(`error: unknown command '${word}'. ${advice}`)
  })

program.addCommand(serveCommand())

program
  .command('organizations')
  .description('The organizations of this installation.')
  .addCommand(createOrganizationCommand())
  .addCommand(listOrganizationsCommand())
  .addCommand(updateOrganizationCommand())
  .addCommand(suspendOrganizationCommand())
  .addCommand(resumeOrganizationCommand())

program.command('database').description('The records of this installation.').addCommand(copyDatabaseCommand())

program.command('secrets').description('The secrets of this installation.').addCommand(rotateSecretCommand())

program.addCommand(clockCommand())
program.addCommand(loginCommand())
program.addCommand(logoutCommand())
program.addCommand(whoamiCommand())
program.addCommand(filesCommand())
program.addCommand(keysCommand())
program.addCommand(doctorCommand())
program.addCommand(sweepCommand())
program.addCommand(scrubCommand())
program.addCommand(auditCommand())
program.addCommand(completionCommand(program))

// What is written is for this user alone: records and bytes are other people's.
process.umask(0o077)

// Behind the launcher there is a channel to it; when it is gone, so is whoever wanted this process.
process.once('disconnect', () => process.exit(1))
process.channel?.unref()

// Commands with much output get the error of a closed pipe or a full disk from their own write.
process.stdout.on('error', () => {})

try {
  await program.parseAsync()
} catch (error) {
  console.error(redactPasswords(`waybill: ${error instanceof Error ? error.message : error}`))
  process.exitCode = 1
}

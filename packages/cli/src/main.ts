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
  .option('--profile <name>', 'stored login to use; "login --profile" stores it')
  .hook('preAction', () => {
    const { profile } = program.opts<{ profile?: string }>()
    if (profile !== undefined) process.env.WAYBILL_PROFILE = profile
  })
  .on('command:*', ([word = '']: string[]) => {
    const nearest = nearestCommand(program, word)
    const advice =
      nearest === null ? 'Run "waybill --help" for a list of commands.' : `Did you mean "waybill ${nearest}"?`
    program.error(`error: unknown command '${word}'. ${advice}`)
  })

program.addCommand(serveCommand())

program
  .command('organizations')
  .description('Manage the organizations of this installation.')
  .addCommand(createOrganizationCommand())
  .addCommand(listOrganizationsCommand())
  .addCommand(updateOrganizationCommand())
  .addCommand(suspendOrganizationCommand())
  .addCommand(resumeOrganizationCommand())

program
  .command('database')
  .description('Manage the database of this installation.')
  .addCommand(copyDatabaseCommand())

program
  .command('secrets')
  .description('Manage the secrets of this installation.')
  .addCommand(rotateSecretCommand())

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

// Only this user may read the files that a command writes: they hold other people's data.
process.umask(0o077)

// The IPC channel to the launcher, if there is one, closes when the launcher ends.
process.once('disconnect', () => process.exit(1))
process.channel?.unref()

// An unhandled error event would end the process. Commands with much output handle write errors themselves.
process.stdout.on('error', () => {})

try {
  await program.parseAsync()
} catch (error) {
  console.error(redactPasswords(`waybill: ${error instanceof Error ? error.message : error}`))
  process.exitCode = 1
}

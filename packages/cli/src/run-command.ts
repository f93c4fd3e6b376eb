import { redactPasswords } from '@waybill/server/platform/redact.ts'
import { Command, CommanderError } from 'commander'
import workspace from '../../../package.json' with { type: 'json' }
import { auditCommand } from './audit-command.ts'
import { clockCommand } from './clock-command.ts'
import { type CommandIo, createCommandIo, type ProcessIo } from './command-io.ts'
import { completionCommand } from './completion-command.ts'
import { copyDatabaseCommand } from './copy-database-command.ts'
import { createOrganizationCommand } from './create-organization-command.ts'
import { doctorCommand } from './doctor-command.ts'
import { filesCommand } from './files-command.ts'
import { indexCommand } from './index-command.ts'
import { keysCommand } from './keys-command.ts'
import { listOrganizationsCommand } from './list-organizations-command.ts'
import { loginCommand, logoutCommand, whoamiCommand } from './login-command.ts'
import { membersCommand } from './members-command.ts'
import { nearestCommand } from './nearest-command.ts'
import { rotateSecretCommand } from './rotate-secret-command.ts'
import { scrubCommand } from './scrub-command.ts'
import { serveCommand } from './serve-command.ts'
import { storesCommand } from './stores-command.ts'
import { resumeOrganizationCommand, suspendOrganizationCommand } from './suspend-organization-command.ts'
import { sweepCommand } from './sweep-command.ts'
import { updateOrganizationCommand } from './update-organization-command.ts'
import { webhooksCommand } from './webhooks-command.ts'

/**
 * Runs one command line, without the program's name, and returns its exit code. `serve` returns once the server
 * listens. Errors are lines on the standard error. Only a command that a signal interrupts ends the process itself.
 */
export async function runCommand(args: readonly string[], given: ProcessIo): Promise<number> {
  const io = createCommandIo(given)
  const program = createProgram(io)
  for (const command of allCommands(program)) connect(command, io)
  try {
    await program.parseAsync(withHelpLast(args), { from: 'user' })
  } catch (error) {
    // Commander has written its message, or the help, by itself.
    if (error instanceof CommanderError) return error.exitCode
    io.printError(redactPasswords(`waybill: ${error instanceof Error ? error.message : error}`))
    return 1
  }
  return io.exitCode()
}

/** Returns `files upload --help` for `help files upload`: the command `help` of the library knows one word only. */
function withHelpLast(args: readonly string[]): readonly string[] {
  const [first, ...words] = args
  return first === 'help' && words.length > 1 ? [...words, '--help'] : args
}

function createProgram(io: CommandIo): Command {
  const program = new Command('waybill')
    .description('A file service with resumable uploads.')
    .version(workspace.version, '--version')
    .option('--profile <name>', 'stored login to use; "login --profile" stores it')
    .hook('preAction', () => {
      const { profile } = program.opts<{ profile?: string }>()
      if (profile !== undefined) io.env.WAYBILL_PROFILE = profile
    })
    .on('command:*', ([word = '']: string[]) => {
      const nearest = nearestCommand(program, word)
      const advice =
        nearest === null
          ? 'Run "waybill --help" for a list of commands.'
          : `Did you mean "waybill ${nearest}"?`
      program.error(`error: unknown command '${word}'. ${advice}`)
    })

  program.addCommand(serveCommand(io))

  program
    .command('organizations')
    .description('Manage the organizations of this installation.')
    .addCommand(createOrganizationCommand(io))
    .addCommand(listOrganizationsCommand(io))
    .addCommand(updateOrganizationCommand(io))
    .addCommand(suspendOrganizationCommand(io))
    .addCommand(resumeOrganizationCommand(io))

  program
    .command('database')
    .description('Manage the database of this installation.')
    .addCommand(copyDatabaseCommand(io))

  program
    .command('secrets')
    .description('Manage the secrets of this installation.')
    .addCommand(rotateSecretCommand(io))

  program.addCommand(clockCommand(io))
  program.addCommand(loginCommand(io))
  program.addCommand(logoutCommand(io))
  program.addCommand(whoamiCommand(io))
  program.addCommand(filesCommand(io))
  program.addCommand(storesCommand(io))
  program.addCommand(webhooksCommand(io))
  program.addCommand(keysCommand(io))
  program.addCommand(membersCommand(io))
  program.addCommand(doctorCommand(io))
  program.addCommand(sweepCommand(io))
  program.addCommand(scrubCommand(io))
  program.addCommand(indexCommand(io))
  program.addCommand(auditCommand(io))
  program.addCommand(completionCommand(io, program))
  return program
}

function allCommands(command: Command): Command[] {
  return [command, ...command.commands.flatMap(allCommands)]
}

/** Makes a command write to the streams of `io`, and end the command line and not the process. */
function connect(command: Command, { stdout, stderr }: CommandIo): void {
  command.exitOverride().configureOutput({
    writeOut: (text) => stdout.write(text),
    writeErr: (text) => stderr.write(text),
    // The message quotes the user's input, which may be a URL with a password.
    outputError: (text, write) => write(redactPasswords(text)),
  })
}

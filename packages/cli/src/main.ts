import { Command } from 'commander'
import { createOrganizationCommand } from './create-organization-command.ts'

const program = new Command('waybill')
  .description('A file service with resumable uploads.')
  .showHelpAfterError()

program
  .command('serve')
  .description('Serve until SIGTERM. All settings are environment variables; see the README.')
  .action(async () => {
    const { serve } = await import('@waybill/server/main.ts')
    await serve(process.env)
  })

program
  .command('organizations')
  .description('The organizations of this installation.')
  .addCommand(createOrganizationCommand())

// Behind the launcher there is a channel to it; when it is gone, so is whoever wanted this process.
process.once('disconnect', () => process.exit(1))

try {
  await program.parseAsync()
  process.channel?.unref()
} catch (error) {
  console.error(`waybill: ${error instanceof Error ? error.message : error}`)
  process.exitCode = 1
}

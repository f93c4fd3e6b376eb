import { Command } from 'commander'
import type { CommandIo } from './command-io.ts'
import { withReadableErrors } from './with-readable-errors.ts'

/** `waybill login`: stores a login for the commands that call a service. */
export function loginCommand(io: CommandIo): Command {
  return new Command('login')
    .description(
      'Sign in to a service, or store its API key, for the commands "files", "stores", "webhooks" and "keys".',
    )
    .option('--url <url>', 'such as https://files.example.com; default: WAYBILL_URL')
    .option('--organization <id>', 'such as org_123; default: WAYBILL_ORGANIZATION, or org_default')
    .option(
      '--browser',
      'sign in with the browser of this machine; the default in a terminal where users sign in',
    )
    .option('--device', 'sign in with a code and a browser on any machine')
    .option('--key', 'store an API key, also where users sign in')
    .addHelpText(
      'after',
      `
In a terminal it asks for missing values. Otherwise it reads the key from standard input:
  waybill login --url https://files.example.com < key.txt

WAYBILL_URL, WAYBILL_API_KEY and WAYBILL_ORGANIZATION take precedence over the stored login. Use --profile NAME to
store several logins. A profile that is selected by name takes precedence over the environment:
  waybill login --profile test --url https://test.example.com
  waybill files list --profile test`,
    )
    .action(withReadableErrors(io, async (options) => (await import('./files/login.ts')).login(io, options)))
}

/** `waybill logout`. */
export function logoutCommand(io: CommandIo): Command {
  return new Command('logout')
    .description('Remove the stored login.')
    .action(withReadableErrors(io, async () => (await import('./files/logout.ts')).logout(io)))
}

/** `waybill whoami`. */
export function whoamiCommand(io: CommandIo): Command {
  return new Command('whoami')
    .description('Show which service, organization and key the commands use.')
    .option('--json', 'print JSON')
    .action(
      withReadableErrors(io, async (options) => (await import('./files/whoami.ts')).whoami(io, options)),
    )
}

import { Command } from 'commander'
import type { CommandIo } from './command-io.ts'
import { inSentences } from './in-sentences.ts'

/** `waybill login`: for the commands that are clients of a service. */
export function loginCommand(io: CommandIo): Command {
  return new Command('login')
    .description('Store the URL and the API key of a service, for "files" and "keys".')
    .option('--url <url>', 'such as https://files.example.com')
    .option('--organization <id>', 'such as org_123; org_default otherwise')
    .addHelpText(
      'after',
      `
It asks for what it is not told; the key also comes from the standard input:
  waybill login --url https://files.example.com < key.txt

WAYBILL_URL, WAYBILL_API_KEY and WAYBILL_ORGANIZATION come before what is stored. With --profile NAME several logins
are kept side by side, and a named one comes before all of these:
  waybill login --profile test --url https://test.example.com
  waybill files list --profile test`,
    )
    .action(inSentences(io, async (options) => (await import('./files/login.ts')).login(io, options)))
}

/** `waybill logout`. */
export function logoutCommand(io: CommandIo): Command {
  return new Command('logout')
    .description('Remove the stored login.')
    .action(inSentences(io, async () => (await import('./files/logout.ts')).logout(io)))
}

/** `waybill whoami`. */
export function whoamiCommand(io: CommandIo): Command {
  return new Command('whoami')
    .description('Show the service, the organization and the key that the commands use.')
    .option('--json', 'answer in JSON')
    .action(inSentences(io, async (options) => (await import('./files/whoami.ts')).whoami(io, options)))
}

import { readConfig } from '@waybill/server/config.ts'
import { rotateDownloadSecret } from '@waybill/server/operations/download-secret.ts'
import { readSecretsKey } from '@waybill/server/read-secrets-key.ts'
import { Command } from 'commander'
import { auditOperator } from './audit-operator.ts'
import type { CommandIo } from './command-io.ts'
import { withDatabase } from './with-database.ts'

/** `waybill secrets rotate download`: running servers use the new secret within two seconds. */
export function rotateSecretCommand(io: CommandIo): Command {
  return new Command('rotate')
    .description('Make a new secret: "download" invalidates all issued download URLs.')
    .argument('<name>', 'download')
    .action(async (name: string) => {
      if (name !== 'download') throw new Error('only the secret "download" can be rotated')
      const key = readSecretsKey(readConfig(io.env).secretsKey)
      await withDatabase(io.env, async (context) => {
        await rotateDownloadSecret(context.database, key)
        await auditOperator(context, 'rotateDownloadSecret', null, null)
      })
      const stored = key === null ? 'It is not sealed: SECRETS_KEY_FILE is not set.' : 'It is sealed.'
      io.print(`The download secret was replaced; earlier download URLs are refused. ${stored}`)
    })
}

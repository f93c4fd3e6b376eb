import { readSecretsKey } from '@waybill/server/compose/read-secrets-key.ts'
import { readConfig } from '@waybill/server/config.ts'
import { operatorCaller } from '@waybill/server/domain/access/caller.ts'
import { rotateDownloadSecret } from '@waybill/server/operations/access/download-secret.ts'
import { Command } from 'commander'
import type { CommandIo } from './command-io.ts'
import { withDatabase } from './with-database.ts'

/** `waybill secrets rotate download`: running servers use the new secret within two seconds. */
export function rotateSecretCommand(io: CommandIo): Command {
  return new Command('rotate')
    .description('Replace a secret. Replacing "download" invalidates all issued download URLs.')
    .argument('<name>', 'name of the secret: download')
    .action(async (name: string) => {
      if (name !== 'download') throw new Error('only the secret "download" can be rotated.')
      const key = readSecretsKey(readConfig(io.env).secretsKey)
      await withDatabase(io, (context) => rotateDownloadSecret(context, operatorCaller(null), key))
      const stored =
        key === null ? 'It is stored unencrypted: SECRETS_KEY_FILE is not set.' : 'It is stored encrypted.'
      io.print(`The download secret is replaced. Download URLs issued before are refused. ${stored}`)
    })
}

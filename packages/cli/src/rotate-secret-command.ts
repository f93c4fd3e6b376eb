import { readSecretsKey } from '@waybill/server/compose/read-secrets-key.ts'
import { readConfig } from '@waybill/server/config.ts'
import { operatorCaller } from '@waybill/server/domain/access/caller.ts'
import { rotateDownloadSecret } from '@waybill/server/operations/access/download-secret.ts'
import { Command } from 'commander'
import { withDatabase } from './with-database.ts'

/** `waybill secrets rotate download`: running servers use the new secret within two seconds. */
export function rotateSecretCommand(): Command {
  return new Command('rotate')
    .description('Make a new secret: "download" invalidates all issued download URLs.')
    .argument('<name>', 'download')
    .action(async (name: string) => {
      if (name !== 'download') throw new Error('only the secret "download" can be rotated')
      const key = readSecretsKey(readConfig(process.env).secretsKey)
      await withDatabase((context) => rotateDownloadSecret(context, operatorCaller(null), key))
      const stored = key === null ? 'It is not sealed: SECRETS_KEY_FILE is not set.' : 'It is sealed.'
      console.log(`The download secret was replaced; earlier download URLs are refused. ${stored}`)
    })
}

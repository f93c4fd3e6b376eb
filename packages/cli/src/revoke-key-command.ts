import { setApiKeyState } from '@waybill/server/operations/set-api-key-state.ts'
import { Command } from 'commander'
import { auditOperator } from './audit-operator.ts'
import { withDatabase } from './with-database.ts'

/** `waybill keys revoke`: a running server refuses the key from its next request on. */
export function revokeKeyCommand(): Command {
  return new Command('revoke')
    .description('Deactivate an API key of an organization.')
    .argument('<key id>', 'such as ak_123')
    .requiredOption('--organization <id>', 'such as org_123')
    .action(async (keyId: string, { organization }: { readonly organization: string }) => {
      const key = await withDatabase(async (context) => {
        const revoked = await setApiKeyState(context, organization, keyId, 'deactivate')
        await auditOperator(context, 'deactivateApiKey', organization, revoked.id)
        return revoked
      })
      console.log(`${key.id} (${key.name}) is deactivated.`)
    })
}

import { createApiKey } from '@waybill/server/operations/create-api-key.ts'
import { toApiKeyBody } from '@waybill/server/routes/http/api-key-body.ts'
import { Command } from 'commander'
import { auditOperator } from './audit-operator.ts'
import { withDatabase } from './with-database.ts'

interface Options {
  readonly organization: string
  readonly name: string
  readonly scopes?: string
  readonly expiresAt?: string
  readonly json?: boolean
}

/** `waybill keys create`: also the way back in for an organization whose admin keys are lost. */
export function createKeyCommand(): Command {
  return new Command('create')
    .description('Create an API key of an organization, which is shown once.')
    .requiredOption('--organization <id>', 'such as org_123')
    .requiredOption('--name <name>', 'what people call it')
    .option('--scopes <list>', 'separated by commas; all but admin when not given')
    .option('--expires-at <time>', 'such as 2030-01-31T12:00:00Z')
    .option('--json', 'answer in JSON')
    .action(async ({ organization, name, scopes, expiresAt, json }: Options) => {
      const input = {
        name,
        ...(scopes === undefined ? {} : { scopes: scopes.split(',').map((scope) => scope.trim()) }),
        ...(expiresAt === undefined ? {} : { expiresAt }),
      }
      const { apiKey, secret } = await withDatabase(async (context) => {
        const created = await createApiKey(context, organization, null, input)
        await auditOperator(context, 'createApiKey', organization, created.apiKey.id)
        return created
      })
      console.log(
        json
          ? JSON.stringify({ ...toApiKeyBody(apiKey), key: secret })
          : `${apiKey.id} was created. The API key, shown this once:\n\n  ${secret}`,
      )
    })
}

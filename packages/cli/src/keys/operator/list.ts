import { getOrganization } from '@waybill/server/operations/get-organization.ts'
import { listApiKeys } from '@waybill/server/operations/list-api-keys.ts'
import { toApiKeyBody } from '@waybill/server/routes/http/api-key-body.ts'
import { allPages } from '../../all-pages.ts'
import type { CommandIo } from '../../command-io.ts'
import { withDatabase } from '../../with-database.ts'
import { keyTable } from '../key-table.ts'

interface Options {
  readonly organization: string
  readonly json?: boolean
}

/** JSON has each key as the API shows it. */
export async function list(io: CommandIo, { organization, json }: Options): Promise<void> {
  const keys = await withDatabase(io.env, async (context) => {
    const { id } = await getOrganization(context, organization)
    return allPages((page) => listApiKeys(context, id, page))
  })
  const bodies = keys.map(toApiKeyBody)
  io.print(json ? JSON.stringify(bodies) : keyTable(bodies))
}

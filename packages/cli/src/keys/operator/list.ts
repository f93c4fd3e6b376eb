import { operatorCaller } from '@waybill/server/domain/access/caller.ts'
import { listApiKeys } from '@waybill/server/operations/access/list-api-keys.ts'
import { getOrganization } from '@waybill/server/operations/organizations/get-organization.ts'
import { toApiKeyBody } from '@waybill/server/protocols/waybill/api-key-body.ts'
import { allPages } from '../../all-pages.ts'
import type { CommandIo } from '../../command-io.ts'
import { withDatabase } from '../../with-database.ts'
import { keyTable } from '../key-table.ts'

interface Options {
  readonly organization: string
  readonly json?: boolean
}

/** Prints the keys from the database. In JSON, each key has the fields of the API. */
export async function list(io: CommandIo, { organization, json }: Options): Promise<void> {
  const keys = await withDatabase(io, async (context) => {
    const operator = operatorCaller(organization)
    await getOrganization(context, operator)
    return allPages((page) => listApiKeys(context, operator, page))
  })
  const bodies = keys.map(toApiKeyBody)
  io.print(json ? JSON.stringify(bodies) : keyTable(bodies))
}

import { listApiKeys } from '@waybill/server/operations/access/list-api-keys.ts'
import { getOrganization } from '@waybill/server/operations/organizations/get-organization.ts'
import { toApiKeyBody } from '@waybill/server/protocols/waybill/api-key-body.ts'
import { allPages } from '../../all-pages.ts'
import { withDatabase } from '../../with-database.ts'
import { keyTable } from '../key-table.ts'

interface Options {
  readonly organization: string
  readonly json?: boolean
}

/** Prints the keys from the database. In JSON, each key has the fields of the API. */
export async function list({ organization, json }: Options): Promise<void> {
  const keys = await withDatabase(async (context) => {
    const { id } = await getOrganization(context, organization)
    return allPages((page) => listApiKeys(context, id, page))
  })
  const bodies = keys.map(toApiKeyBody)
  console.log(json ? JSON.stringify(bodies) : keyTable(bodies))
}

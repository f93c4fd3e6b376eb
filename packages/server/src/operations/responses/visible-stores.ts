import type { Caller } from '../../domain/access/caller.ts'
import type { ResponseRequest, Tool } from '../../domain/conversations/response.ts'
import { invalidValue } from '../../domain/invalid-value.ts'
import { isExpiredStore } from '../../domain/vector-stores/vector-store.ts'
import type { Audit } from '../access/audit.ts'
import type { Context } from '../context.ts'
import { listVectorStores } from '../vector-stores/list-vector-stores.ts'

type StoresContext = Pick<Context, 'database' | 'now'> & { readonly audit: Audit }

/** Upper bound of stores that one search without ids covers. */
const MAX_STORES = 20
const STORES_PER_PAGE = 100

/**
 * Returns the request with the ids of all stores for searches that name none. A search is left out when the caller sees
 * no store. Throws INSUFFICIENT_PERMISSIONS, and VALIDATION_ERROR when the caller sees more stores than 20.
 */
export async function withVisibleStores(
  context: StoresContext,
  caller: Caller,
  request: ResponseRequest,
): Promise<ResponseRequest> {
  const isOpen = (tool: Tool) => tool.type === 'file_search' && tool.storeIds.length === 0
  const first = request.tools.findIndex(isOpen)
  if (first === -1) return request
  const storeIds = await findVisibleStores(context, caller)
  if (storeIds.length > MAX_STORES) {
    const rule = `is required: the key sees more than ${MAX_STORES} vector stores`
    throw invalidValue(`tools[${first}].vector_store_ids`, 'too_many', rule)
  }
  const tools = request.tools.flatMap((tool) => {
    if (!isOpen(tool)) return [tool]
    return storeIds.length === 0 ? [] : [{ ...tool, storeIds } as Tool]
  })
  return { ...request, tools }
}

/** Returns the ids of the stores that can be searched; one more than allowed when there are too many. */
async function findVisibleStores(context: StoresContext, caller: Caller): Promise<readonly string[]> {
  const found: string[] = []
  let after: string | null = null
  while (found.length <= MAX_STORES) {
    const page = await listVectorStores(context, caller, {
      ...{ limit: STORES_PER_PAGE, skip: 0, order: 'desc', sort: 'createdAt', after, before: null },
      ...{ search: null, accessMode: null },
    })
    const active = page.items.filter((store) => !isExpiredStore(store, context.now()))
    found.push(...active.map(({ id }) => id))
    after = page.items.at(-1)?.id ?? null
    if (!page.hasMore || after === null) break
  }
  return found.slice(0, MAX_STORES + 1)
}

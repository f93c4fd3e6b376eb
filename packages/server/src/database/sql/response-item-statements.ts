import type { Item } from '../../domain/conversations/item.ts'
import type { ModelResponse } from '../../domain/conversations/response.ts'
import type { ResponseRecords } from '../records/responses.ts'
import { extendResponses, LIVE_RESPONSE, MAX_RESPONSES_BYTES } from './live-responses.ts'
import type { Row } from './rows.ts'
import { changeRows, type Dialect, type Steps, type Transactions, toJsonParameter } from './transactions.ts'

/** Records which items a response has; an item that an earlier response has stays with that one. */
export function* insertResponseItems(
  dialect: Dialect,
  { id, organizationId, output }: Pick<ModelResponse, 'id' | 'organizationId' | 'output'>,
  input: readonly Item[],
): Steps<void> {
  const entries = [
    ...input.map((item) => ({ id: item.id, isInput: 1 })),
    ...output.map((item) => ({ id: item.id, isInput: 0 })),
  ]
  yield* changeRows(
    `INSERT INTO response_items (organization_id, id, response_id, is_input)
     SELECT $organizationId, item.value ->> 'id', $responseId, CAST(item.value ->> 'isInput' AS BIGINT)
     FROM ${dialect.jsonItems('$entries')} WHERE true
     ON CONFLICT DO NOTHING`,
    { organizationId, responseId: id, entries: toJsonParameter(entries) },
  )
}

/** Finds the lists that have the items by their sizes, and then reads each list once. */
export async function readResponseItems(
  transactions: Transactions,
  organizationId: string,
  itemIds: readonly string[],
  { nowMs, expiresAtMs }: Parameters<ResponseRecords['findItems']>[2],
): Promise<ReadonlyMap<string, Item> | null> {
  const { all, dialect } = transactions
  const places = await all(
    `SELECT items.id AS item_id, items.is_input, responses.id, responses.expires_at_ms,
       octet_length(CASE items.is_input WHEN 1 THEN responses.input ELSE responses.response END) AS bytes
     FROM response_items AS items JOIN responses ON responses.id = items.response_id
     WHERE items.organization_id = $organizationId AND ${dialect.isOneOf('items.id', '$itemIds')}
       AND ${LIVE_RESPONSE}`,
    { organizationId, nowMs, itemIds: toJsonParameter(itemIds) },
  )
  const lists = [...new Map(places.map((row) => [`${row.id} ${row.is_input}`, row])).values()]
  const bytes = lists.reduce((sum, row) => sum + Number(row.bytes), 0)
  if (lists.length > 1 && bytes > MAX_RESPONSES_BYTES) return null
  await extendResponses(transactions, organizationId, lists, expiresAtMs)
  const wanted = new Set(places.map((row) => String(row.item_id)))
  const found = new Map<string, Item>()
  for (const column of ['input', 'response'] as const) {
    const isInput = column === 'input'
    const ids = lists.filter((row) => (Number(row.is_input) === 1) === isInput).map(({ id }) => String(id))
    if (ids.length === 0) continue
    const rows = await all(
      `SELECT ${column} AS json FROM responses
       WHERE organization_id = $organizationId AND ${dialect.isOneOf('id', '$ids')}`,
      { organizationId, ids: toJsonParameter(ids) },
    )
    for (const item of rows.flatMap(toItems)) if (wanted.has(item.id)) found.set(item.id, item)
  }
  return found
}

function toItems({ json }: Row): readonly Item[] {
  const value = JSON.parse(String(json)) as readonly Item[] | ModelResponse
  return 'output' in value ? value.output : value
}

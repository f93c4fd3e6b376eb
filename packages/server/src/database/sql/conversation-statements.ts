import type { Conversation } from '../../domain/conversations/conversation.ts'
import type { Item } from '../../domain/conversations/item.ts'
import type { Page } from '../../domain/page.ts'
import type { ConversationItem, ConversationRecords, ItemListRequest } from '../records/conversations.ts'
import { readPage } from './pages.ts'
import type { Row } from './rows.ts'
import {
  changeRows,
  type Dialect,
  getRow,
  type Steps,
  type Transactions,
  toJsonParameter,
} from './transactions.ts'

/** Size at which a page of items ends. */
const MAX_PAGE_BYTES = 8 * 1024 * 1024
const MAX_FOUND_BYTES = 64 * 1024 * 1024

const CONVERSATION = 'id = $conversationId AND organization_id = $organizationId'

const OF_CONVERSATION = 'conversation_id = $conversationId AND organization_id = $organizationId'

const INSERT = `
  INSERT INTO conversations (id, organization_id, title, metadata, created_by, created_at_ms, updated_at_ms)
  VALUES ($id, $organizationId, $title, $metadata, $createdBy, $nowMs, $nowMs)`

const INSERT_ITEM = `
  INSERT INTO conversation_items
    (conversation_id, position, id, organization_id, is_message, response_id, created_at_ms, bytes, content)
  VALUES ($conversationId, $position, $id, $organizationId, $isMessage, $responseId, $nowMs, $bytes, $content)`

/** Conversations and their items, equal on both databases. */
export function createConversationStatements(transactions: Transactions): ConversationRecords {
  return { ...createConversations(transactions), ...createItems(transactions), ...createLeases(transactions) }
}

function createConversations(
  transactions: Transactions,
): Pick<ConversationRecords, 'create' | 'find' | 'list' | 'update' | 'delete'> {
  const { get, change, transact, free, dialect } = transactions
  return {
    find: async (organizationId, conversationId) => {
      const sql = `SELECT * FROM conversations WHERE ${CONVERSATION}`
      const row = await get(sql, { organizationId, conversationId })
      return row && toConversation(row)
    },

    create: (organizationId, { id, title, metadata, createdBy }, items, nowMs) =>
      transact(function* () {
        const values = { id, organizationId, title, metadata: JSON.stringify(metadata), createdBy, nowMs }
        yield* changeRows(INSERT, values)
        const place = { organizationId, conversationId: id }
        yield* appendItems(place, { items, firstPosition: 0, responseId: null, nowMs })
        const sql = `SELECT * FROM conversations WHERE ${CONVERSATION}`
        return toConversation((yield* getRow(sql, place)) ?? {})
      }),

    list: (organizationId, { createdBy, skip, limit }) => {
      const where = `organization_id = $organizationId${createdBy === null ? '' : ' AND created_by = $createdBy'}`
      return readPage(
        transactions,
        {
          total: `SELECT count(*) AS total FROM conversations WHERE ${where}`,
          rows: `SELECT * FROM conversations WHERE ${where}`,
          timeColumn: 'created_at_ms',
          idColumn: 'id',
          parameters: { organizationId, ...(createdBy !== null && { createdBy }) },
          parse: toConversation,
        },
        { skip, limit, after: null },
      )
    },

    update: async (organizationId, conversationId, { title, metadata }, nowMs) => {
      // A title may be null ("no title"), so unchanged columns are left out of the statement.
      const sets = ['updated_at_ms = $nowMs']
      if (title !== undefined) sets.push('title = $title')
      if (metadata !== undefined) sets.push('metadata = $metadata')
      const { rows } = await change(
        `UPDATE conversations SET ${sets.join(', ')} WHERE ${CONVERSATION} RETURNING *`,
        {
          ...{ organizationId, conversationId, nowMs },
          ...(title !== undefined && { title }),
          ...(metadata !== undefined && { metadata: JSON.stringify(metadata) }),
        },
      )
      return rows[0] ? toConversation(rows[0]) : null
    },

    delete: (organizationId, conversationId) =>
      free(function* () {
        const place = { organizationId, conversationId }
        if ((yield* lockConversation(dialect, place)) === null) return false
        yield* changeRows(`DELETE FROM conversation_items WHERE ${OF_CONVERSATION}`, place)
        yield* changeRows(`DELETE FROM responses WHERE ${OF_CONVERSATION}`, place)
        return (yield* changeRows(`DELETE FROM conversations WHERE ${CONVERSATION}`, place)).count > 0
      }),
  }
}

function createItems({
  get,
  all,
  transact,
  free,
  dialect,
}: Transactions): Pick<
  ConversationRecords,
  'addItems' | 'findItem' | 'findItems' | 'deleteItem' | 'findItemPosition' | 'listItems'
> {
  return {
    addItems: (organizationId, conversationId, items, nowMs) =>
      transact(function* () {
        const place = { organizationId, conversationId }
        const locked = yield* lockConversation(dialect, place)
        if (locked === null) return null
        return yield* appendItems(place, {
          ...{ items, firstPosition: locked.nextPosition, responseId: null, nowMs },
        })
      }),

    findItem: async (organizationId, conversationId, itemId) => {
      const sql = `SELECT * FROM conversation_items
        WHERE ${OF_CONVERSATION} AND id = $itemId AND content IS NOT NULL`
      const row = await get(sql, { organizationId, conversationId, itemId })
      return row && toConversationItem(row)
    },

    findItems: (organizationId, itemIds) => findItems({ get, all, dialect }, organizationId, itemIds),

    deleteItem: (organizationId, conversationId, itemId, nowMs) =>
      free(() => deleteItem(dialect, { organizationId, conversationId }, itemId, nowMs)),

    findItemPosition: async (organizationId, conversationId, itemId) => {
      const sql = `SELECT position FROM conversation_items WHERE ${OF_CONVERSATION} AND id = $itemId`
      const row = await get(sql, { organizationId, conversationId, itemId })
      return row && Number(row.position)
    },

    listItems: (organizationId, conversationId, request) =>
      readItems({ all }, { organizationId, conversationId }, request),
  }
}

/** Leases are short: a crash of the database's machine may lose them. */
function createLeases({
  change,
  dialect,
}: Transactions): Pick<ConversationRecords, 'acquire' | 'renew' | 'release'> {
  return {
    acquire: async (organizationId, conversationId, { holder, untilMs, nowMs }) => {
      const { count } = await change(
        `UPDATE conversations SET holder = $holder, held_until_ms = $untilMs
         WHERE ${CONVERSATION} AND (holder IS NULL OR holder = $holder OR held_until_ms <= $nowMs)
           AND ${dialect.withoutSync}`,
        { organizationId, conversationId, holder, untilMs, nowMs },
      )
      return count > 0
    },

    renew: async (organizationId, conversationId, holder, untilMs) => {
      const { count } = await change(
        `UPDATE conversations SET held_until_ms = $untilMs
         WHERE ${CONVERSATION} AND holder = $holder AND ${dialect.withoutSync}`,
        { organizationId, conversationId, holder, untilMs },
      )
      return count > 0
    },

    release: async (organizationId, conversationId, holder) => {
      await change(
        `UPDATE conversations SET holder = NULL, held_until_ms = NULL
         WHERE ${CONVERSATION} AND holder = $holder AND ${dialect.withoutSync}`,
        { organizationId, conversationId, holder },
      )
    },
  }
}

/** Conversation, as the parameters of its statements. */
type Place = Readonly<Record<'organizationId' | 'conversationId', string>>

/** Locks a conversation until the end of the transaction; returns null when there is none. */
export function* lockConversation(
  dialect: Dialect,
  place: Place,
): Steps<{ readonly nextPosition: number; readonly holder: string | null } | null> {
  const sql = `SELECT next_position, holder FROM conversations WHERE ${CONVERSATION} ${dialect.forUpdate}`
  const row = yield* getRow(sql, place)
  if (row === null) return null
  const holder = row.holder === null ? null : String(row.holder)
  return { nextPosition: Number(row.next_position), holder }
}

interface NewItems {
  readonly items: readonly Item[]
  readonly firstPosition: number
  readonly responseId: string | null
  readonly nowMs: number
}

/** Appends items to a locked conversation. */
export function* appendItems(
  place: Place,
  { items, firstPosition, responseId, nowMs }: NewItems,
): Steps<ConversationItem[]> {
  const added = items.map((item, index) => ({
    ...{ item, position: firstPosition + index, responseId, createdAtMs: nowMs },
  }))
  // One at a time: an item can have 50 MB, which a database would parse again if they came as one JSON text.
  for (const { item, position } of added) {
    const content = JSON.stringify(item)
    yield* changeRows(INSERT_ITEM, {
      ...place,
      ...{ position, id: item.id, responseId, nowMs, content, bytes: Buffer.byteLength(content) },
      isMessage: item.type === 'message' ? 1 : 0,
    })
  }
  const messages = items.filter(({ type }) => type === 'message').length
  yield* changeRows(
    `UPDATE conversations SET next_position = next_position + $items, item_count = item_count + $items,
       message_count = message_count + $messages, updated_at_ms = $nowMs
     WHERE ${CONVERSATION}`,
    { ...place, items: items.length, messages, nowMs },
  )
  return added
}

/** Reads the sizes of the items before their contents. */
async function findItems(
  { get, all, dialect }: Pick<Transactions, 'get' | 'all' | 'dialect'>,
  organizationId: string,
  itemIds: readonly string[],
): Promise<ReadonlyMap<string, Item> | null> {
  const where = `organization_id = $organizationId AND ${dialect.isOneOf('id', '$itemIds')} AND content IS NOT NULL`
  const parameters = { organizationId, itemIds: toJsonParameter(itemIds) }
  const sized = await get(`SELECT sum(bytes) AS bytes FROM conversation_items WHERE ${where}`, parameters)
  if (Number(sized?.bytes ?? 0) > MAX_FOUND_BYTES) return null
  const rows = await all(`SELECT content FROM conversation_items WHERE ${where}`, parameters)
  const items = rows.map(({ content }) => JSON.parse(String(content)) as Item)
  return new Map(items.map((item) => [item.id, item]))
}

function* deleteItem(dialect: Dialect, place: Place, itemId: string, nowMs: number): Steps<boolean> {
  if ((yield* lockConversation(dialect, place)) === null) return false
  const { rows } = yield* changeRows(
    `UPDATE conversation_items SET content = NULL, bytes = 0
     WHERE ${OF_CONVERSATION} AND id = $itemId AND content IS NOT NULL RETURNING is_message`,
    { ...place, itemId },
  )
  const [deleted] = rows
  if (deleted === undefined) return false
  yield* changeRows(
    `UPDATE conversations SET item_count = item_count - 1, message_count = message_count - $messages,
       updated_at_ms = $nowMs
     WHERE ${CONVERSATION}`,
    { ...place, messages: Number(deleted.is_message), nowMs },
  )
  return true
}

/** Reads a page and the total in one statement. Chooses the items by their sizes before it reads their contents. */
async function readItems(
  { all }: Pick<Transactions, 'all'>,
  place: Place,
  { order, limit, skip, after, before, isMessagesOnly }: ItemListRequest,
): Promise<Page<ConversationItem>> {
  // The items before a position are read backwards, so that the page has the nearest ones.
  const isBackwards = after === null && before !== null
  const direction = (order === 'asc') === isBackwards ? 'DESC' : 'ASC'
  const [behind, ahead] = order === 'asc' ? ['>', '<'] : ['<', '>']
  const conditions = [
    `${OF_CONVERSATION} AND content IS NOT NULL`,
    ...(isMessagesOnly ? ['is_message = 1'] : []),
    ...(after === null ? [] : [`position ${behind} $after`]),
    ...(before === null ? [] : [`position ${ahead} $before`]),
  ].join(' AND ')
  const rows = await all(
    `SELECT counted.total, page.position, items.response_id, items.created_at_ms, items.content
     FROM (SELECT ${isMessagesOnly ? 'message_count' : 'item_count'} AS total
           FROM conversations WHERE ${CONVERSATION}) AS counted
     LEFT JOIN (
       SELECT position, row_number() OVER in_order AS number, sum(bytes) OVER in_order - bytes AS bytes_before
       FROM (SELECT position, bytes FROM conversation_items WHERE ${conditions}
             ORDER BY position ${direction} LIMIT $limit + 1 OFFSET $skip) AS entries
       WINDOW in_order AS (ORDER BY position ${direction})
     ) AS page ON true
     LEFT JOIN conversation_items AS items ON items.conversation_id = $conversationId
       AND items.position = page.position AND page.number <= $limit AND page.bytes_before < $maxBytes`,
    {
      ...{ ...place, limit, skip, maxBytes: MAX_PAGE_BYTES },
      ...(after !== null && { after }),
      ...(before !== null && { before }),
    },
  )
  const entries = rows.filter((row) => row.position !== null)
  // Sorted here, because SQLite would copy the contents to sort them.
  const items = entries
    .filter((row) => row.content !== null)
    .map(toConversationItem)
    .sort((one, other) => (one.position - other.position) * (order === 'asc' ? 1 : -1))
  return { items, total: Number(rows[0]?.total ?? 0), hasMore: entries.length > items.length }
}

function toConversation(row: Row): Conversation {
  return {
    id: String(row.id),
    organizationId: String(row.organization_id),
    title: row.title === null ? null : String(row.title),
    metadata: JSON.parse(String(row.metadata)),
    createdBy: String(row.created_by),
    messageCount: Number(row.message_count),
    createdAtMs: Number(row.created_at_ms),
    updatedAtMs: Number(row.updated_at_ms),
  }
}

function toConversationItem(row: Row): ConversationItem {
  return {
    item: JSON.parse(String(row.content)) as Item,
    position: Number(row.position),
    responseId: row.response_id === null ? null : String(row.response_id),
    createdAtMs: Number(row.created_at_ms),
  }
}

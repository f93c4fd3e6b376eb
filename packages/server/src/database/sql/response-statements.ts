import type { Item } from '../../domain/conversations/item.ts'
import type { ModelResponse } from '../../domain/conversations/response.ts'
import type { FoundTurns, ResponseRecords, Turn } from '../records/responses.ts'
import { appendItems, lockConversation } from './conversation-statements.ts'
import { extendResponses, LIVE_RESPONSE, MAX_RESPONSES_BYTES } from './live-responses.ts'
import { insertResponseItems, readResponseItems } from './response-item-statements.ts'
import type { Row } from './rows.ts'
import { changeRows, type Dialect, type Steps, type Transactions } from './transactions.ts'

const INSERT = `
  INSERT INTO responses (id, organization_id, conversation_id, previous_response_id, created_at_ms, expires_at_ms, bytes,
    response, input)
  VALUES ($id, $organizationId, $conversationId, $previousResponseId, $createdAtMs, $expiresAtMs, $bytes,
    $response, $input)`

/** Walks from a response to those that it continues, and reads their contents at the end. */
const TURNS = `
  WITH RECURSIVE turns (id, previous_id, depth, bytes) AS (
    SELECT id, previous_response_id, 1, bytes FROM responses WHERE id = $responseId AND ${LIVE_RESPONSE}
    UNION ALL
    SELECT responses.id, responses.previous_response_id, turns.depth + 1, turns.bytes + responses.bytes
    FROM turns JOIN responses ON responses.id = turns.previous_id AND ${LIVE_RESPONSE}
    WHERE turns.depth < $maxTurns AND turns.bytes < $maxBytes
  )
  SELECT turns.id, turns.previous_id, turns.depth, turns.bytes,
    responses.expires_at_ms, responses.response, responses.input
  FROM turns JOIN responses ON responses.id = turns.id`

/** Responses of the model, equal on both databases. */
export function createResponseStatements(transactions: Transactions): ResponseRecords {
  const { get, transact, free, dialect } = transactions
  return {
    add: (response, input, expiresAtMs) => transact(() => addResponse(dialect, response, input, expiresAtMs)),

    find: async (organizationId, responseId, nowMs) => {
      const sql = `SELECT response FROM responses WHERE id = $responseId AND ${LIVE_RESPONSE}`
      const row = await get(sql, { organizationId, responseId, nowMs })
      return row && (JSON.parse(String(row.response)) as ModelResponse)
    },

    findTurns: (organizationId, responseId, request) =>
      readTurns(transactions, organizationId, responseId, request),

    findInput: async (organizationId, responseId, nowMs) => {
      const sql = `SELECT input FROM responses WHERE id = $responseId AND ${LIVE_RESPONSE}`
      const row = await get(sql, { organizationId, responseId, nowMs })
      return row && (JSON.parse(String(row.input)) as Item[])
    },

    findItems: (organizationId, itemIds, request) =>
      readResponseItems(transactions, organizationId, itemIds, request),

    delete: (organizationId, responseId) =>
      free(function* () {
        const sql = 'DELETE FROM responses WHERE id = $responseId AND organization_id = $organizationId'
        return (yield* changeRows(sql, { organizationId, responseId })).count > 0
      }),

    deleteExpired: (nowMs, limit) =>
      free(function* () {
        // The second condition leaves out a response that is extended at this moment.
        const { count } = yield* changeRows(
          `DELETE FROM responses WHERE id IN (
             SELECT id FROM responses WHERE expires_at_ms <= $nowMs ORDER BY expires_at_ms LIMIT $limit)
           AND expires_at_ms <= $nowMs`,
          { nowMs, limit },
        )
        return count
      }),
  }
}

function* addResponse(
  dialect: Dialect,
  response: ModelResponse,
  input: readonly Item[],
  expiresAtMs: number,
): Steps<boolean> {
  const { id, organizationId, conversationId, previousResponseId, createdAtMs } = response
  if (conversationId !== null) {
    const place = { organizationId, conversationId }
    const locked = yield* lockConversation(dialect, place)
    if (locked?.holder !== id) return false
    yield* appendItems(place, {
      items: [...input, ...response.output],
      firstPosition: locked.nextPosition,
      responseId: id,
      nowMs: response.completedAtMs ?? createdAtMs,
    })
    yield* changeRows(
      `UPDATE conversations SET holder = NULL, held_until_ms = NULL
       WHERE id = $conversationId AND organization_id = $organizationId`,
      place,
    )
  }
  if (!response.isStored) return true
  const [responseJson, inputJson] = [JSON.stringify(response), JSON.stringify(input)]
  yield* changeRows(INSERT, {
    ...{ id, organizationId, conversationId, previousResponseId, createdAtMs, expiresAtMs },
    ...{ response: responseJson, input: inputJson },
    bytes: Buffer.byteLength(responseJson) + Buffer.byteLength(inputJson),
  })
  yield* insertResponseItems(dialect, response, input)
  return true
}

async function readTurns(
  transactions: Transactions,
  organizationId: string,
  responseId: string,
  { nowMs, expiresAtMs, maxTurns }: Parameters<ResponseRecords['findTurns']>[2],
): Promise<FoundTurns> {
  const limits = { maxTurns, maxBytes: MAX_RESPONSES_BYTES }
  const found = await transactions.all(TURNS, { organizationId, responseId, nowMs, ...limits })
  const rows = found.sort((one, other) => Number(other.depth) - Number(one.depth))
  const [oldest] = rows
  if (oldest === undefined) return { kind: 'missing', responseId }
  const isCut = Number(oldest.depth) >= maxTurns || Number(oldest.bytes) >= MAX_RESPONSES_BYTES
  if (oldest.previous_id !== null && !isCut)
    return { kind: 'missing', responseId: String(oldest.previous_id) }
  await extendResponses(transactions, organizationId, rows, expiresAtMs)
  return { kind: 'found', turns: rows.map(toTurn) }
}

function toTurn(row: Row): Turn {
  const { output } = JSON.parse(String(row.response)) as ModelResponse
  return { responseId: String(row.id), input: JSON.parse(String(row.input)) as Item[], output }
}

import assert from 'node:assert/strict'
import { eventually } from '../clients/eventually.ts'
import { type Client, textFile } from './client.ts'
import { type Answer, json } from './exchange.ts'

export interface StoreObject {
  readonly id: string
  readonly object: string
  readonly name: string
  readonly description: string | null
  readonly organization_id: string
  readonly created_by: string
  readonly created_at: string
  readonly updated_at: string
  readonly is_active: boolean
  readonly status: string
  readonly access_mode: string
  readonly access_departments: readonly string[]
  readonly access_users: readonly string[]
  readonly file_count: number
  readonly data_size: number
  readonly total_size_bytes: number
  readonly usage_bytes: number
  readonly file_counts: Readonly<Record<string, number>>
  readonly metadata: Readonly<Record<string, string>>
  readonly expires_after: { readonly anchor: string; readonly days: number } | null
  readonly expires_at: string | null
  readonly last_active_at: string
}

export interface StoreFileObject {
  readonly id: string
  readonly vector_store_id: string
  readonly file_id: string
  readonly added_at: string
  readonly added_by: string | null
  readonly added_by_api_key_id: string | null
  readonly processing_status: string
  readonly processing_started_at: string | null
  readonly processing_completed_at: string | null
  readonly error_message: string | null
  readonly error_code: string | null
  readonly attempts: number
  readonly chunk_count: number
  readonly embedding_model: string | null
  readonly file_name: string | null
  readonly file_size: number | null
  readonly mime_type: string | null
  readonly estimated_completion_seconds: number | null
  readonly attributes: Readonly<Record<string, unknown>>
  readonly chunking_strategy: object
  readonly status: string
  readonly created_at: string
  readonly processed_at: string | null
  readonly filename: string | null
  readonly size_bytes: number | null
}

export interface StoreFileList {
  readonly total: number
  readonly page: number
  readonly page_size: number
  readonly total_pages: number
  readonly files: readonly StoreFileObject[]
  readonly next_cursor: string | null
}

export interface SearchResults {
  readonly search_query: readonly string[]
  readonly results: readonly {
    readonly file_id: string
    readonly filename: string
    readonly score: number
    readonly text: string
    readonly attributes: Readonly<Record<string, unknown>>
    readonly vector_store_id: string
    readonly chunk_id: string
    readonly chunk_index: number
    readonly page: number | null
    readonly start_offset: number
    readonly end_offset: number
  }[]
  readonly took_ms: number
}

/** Returns the data of a wrapped answer, and asserts its status and its envelope. */
export function dataOf<Data>(answer: Answer, status = 200): Data {
  assert.equal(answer.status, status, answer.bytes.toString().slice(0, 1000))
  const { success, message, data } = json<{ success: boolean; message: string; data: Data }>(answer)
  assert.equal(success, true)
  assert.match(message, /^[A-Z].+\.$/)
  assert.ok(data !== undefined, 'data is missing')
  return data
}

export async function createStore(
  client: Client,
  body: object = { name: 'Contracts' },
): Promise<StoreObject> {
  return dataOf<StoreObject>(await client.post('/vector-stores', body), 201)
}

/** Uploads a text file and adds it to the store. */
export async function addText(
  client: Client,
  storeId: string,
  text = 'a short note\n',
  more: object = {},
): Promise<StoreFileObject> {
  const { id } = await client.uploadFile(textFile('note.txt', text))
  const body = { file_id: id, ...more }
  return dataOf<StoreFileObject>(await client.post(`/vector-stores/${storeId}/files`, body), 201)
}

/** Waits until the file of the store is completed or failed, and returns it. */
export async function settled(
  client: Client,
  { vector_store_id, id }: StoreFileObject,
): Promise<StoreFileObject> {
  return eventually('the file is indexed', async () => {
    const file = dataOf<StoreFileObject>(await client.get(`/vector-stores/${vector_store_id}/files/${id}`))
    return ['completed', 'failed'].includes(file.processing_status) && file
  })
}

/** Uploads a text file, adds it to the store and waits until it is completed. */
export async function indexText(client: Client, storeId: string, text: string, more: object = {}) {
  const file = await settled(client, await addText(client, storeId, text, more))
  assert.equal(file.processing_status, 'completed', file.error_message ?? '')
  return file
}

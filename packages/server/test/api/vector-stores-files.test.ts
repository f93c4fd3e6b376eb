import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { Database } from '../../src/database/database.ts'
import { INDEXING_TASK } from '../../src/database/records/vector-stores.ts'
import { startApp, type TestApp } from '../start-app.ts'
import { BAD_ATTRIBUTES, BAD_CHUNKING, BAD_FILE_ID } from './bad-vector-store-fields.ts'
import { type Client, createClient, textFile } from './client.ts'
import { assertError, assertFieldError, errorOf, ISO_UTC } from './envelope.ts'
import type { Answer } from './exchange.ts'
import { BAD_PAGE_QUERIES } from './page-queries.ts'
import {
  addText,
  createStore,
  dataOf,
  indexText,
  type SearchResults,
  type StoreFileList,
  type StoreFileObject,
  type StoreObject,
  settled,
} from './vector-store-bodies.ts'

interface ProcessingStatus {
  readonly vector_store_file_id: string
  readonly file_id: string
  readonly vector_store_id: string
  readonly status: string
  readonly added_at: string
  readonly chunk_count: number
  readonly embedding_model: string | null
  readonly error_message: string | null
  readonly processing_started_at: string | null
  readonly processing_completed_at: string | null
  readonly progress_percent: number
  readonly current_step: string
}

interface Log {
  readonly file_id: string
  readonly vector_store_id: string
  readonly entries: readonly {
    readonly at: string
    readonly level: string
    readonly step: string
    readonly message: string
    readonly attempt: number
  }[]
}

const UNKNOWN_STORE = `vs_${'0'.repeat(32)}`
const UNKNOWN_FILE = `file_${'0'.repeat(32)}`
const STATUSES = ['pending', 'processing', 'completed', 'failed']
/** Bytes that declare a PDF and are none. */
const BROKEN_PDF = {
  filename: 'broken.pdf',
  mimeType: 'application/pdf',
  bytes: Buffer.from('%PDF-1.7\nbroken'),
}

describe('files of a vector store', () => {
  let server: TestApp
  let client: Client
  let store: StoreObject

  before(async () => {
    server = await startApp()
    client = createClient(server)
    store = await createStore(client)
  })
  after(() => server.stop())

  const pathOf = ({ vector_store_id, file_id }: StoreFileObject) =>
    `/vector-stores/${vector_store_id}/files/${file_id}`
  const add = (body: object, storeId = store.id) => client.post(`/vector-stores/${storeId}/files`, body)
  const patch = (path: string, body: object) => client.send('PATCH', path, { body })
  const list = async (storeId: string, query = '') =>
    dataOf<StoreFileList>(await client.get(`/vector-stores/${storeId}/files${query}`))
  const addBroken = async () => {
    const { id } = await client.uploadFile(BROKEN_PDF)
    return dataOf<StoreFileObject>(await add({ file_id: id }), 201)
  }

  describe('POST …/files', () => {
    it('answers with every field', async () => {
      const uploaded = await client.uploadFile(textFile('note.txt', 'a short note\n'))
      const file = dataOf<StoreFileObject>(await add({ file_id: uploaded.id }), 201)
      assert.match(file.id, /^vsf_[0-9a-f]{32}$/)
      assert.match(file.added_at, ISO_UTC)
      assert.match(file.added_by_api_key_id ?? '', /^ak_/)
      assert.ok(STATUSES.includes(file.processing_status))
      assert.ok(file.chunk_count >= 0 && file.attempts >= 0)
      const { vector_store_id, file_id, added_by, error_message, error_code, attributes } = file
      assert.deepEqual(
        { vector_store_id, file_id, added_by, error_message, error_code, attributes },
        {
          ...{ vector_store_id: store.id, file_id: uploaded.id, added_by: null },
          ...{ error_message: null, error_code: null, attributes: {} },
        },
      )
      assert.deepEqual(
        [file.file_name, file.file_size, file.mime_type],
        ['note.txt', 'a short note\n'.length, 'text/plain'],
      )
      assert.deepEqual(
        [file.status, file.created_at, file.processed_at, file.filename, file.size_bytes],
        [file.processing_status, file.added_at, file.processing_completed_at, file.file_name, file.file_size],
      )
      assert.deepEqual(file.chunking_strategy, { type: 'auto' })
    })

    it('indexes the file', async () => {
      const file = await indexText(client, store.id, 'the quick brown fox')
      assert.equal(file.chunk_count, 1)
      assert.equal(file.embedding_model, 'lexical')
      assert.match(file.processing_started_at ?? '', ISO_UTC)
      assert.match(file.processing_completed_at ?? '', ISO_UTC)
      assert.equal(file.estimated_completion_seconds, null)
    })

    for (const [title, spell] of [
      ['fileId, the alias of older clients', (id: string) => ({ fileId: id })],
      ['the id of OpenAI', (id: string) => ({ file_id: id.replace('file_', 'file-') })],
      [
        'null for optional fields',
        (id: string) => ({ file_id: id, attributes: null, chunking_strategy: null }),
      ],
    ] as const) {
      it(`takes ${title}`, async () => {
        const { id } = await client.uploadFile(textFile())
        assert.equal(dataOf<StoreFileObject>(await add(spell(id)), 201).file_id, id)
      })
    }

    it('keeps attributes and chunking strategy', async () => {
      const attributes = { year: 2026, draft: false, title: 't'.repeat(512), ['k'.repeat(64)]: -1.5 }
      const chunking_strategy = {
        type: 'static',
        static: { max_chunk_size_tokens: 4096, chunk_overlap_tokens: 2048 },
      }
      const file = await addText(client, store.id, 'a', { attributes, chunking_strategy })
      assert.deepEqual(file.attributes, attributes)
      assert.deepEqual(file.chunking_strategy, chunking_strategy)
    })

    it('again returns the same association', async () => {
      const file = await indexText(client, store.id, 'once')
      const again = dataOf<StoreFileObject>(await add({ file_id: file.file_id }), 201)
      assert.deepEqual(again, file)
    })

    it('at once from many clients makes one association', async () => {
      const { id: storeId } = await createStore(client)
      const { id } = await client.uploadFile(textFile())
      const answers = await Promise.all(Array.from({ length: 10 }, () => add({ file_id: id }, storeId)))
      const ids = answers.map((answer) => dataOf<StoreFileObject>(answer, 201).id)
      assert.equal(new Set(ids).size, 1)
      assert.equal((await list(storeId)).total, 1)
    })

    it('again starts a failed one', async () => {
      const failed = await settled(client, await addBroken())
      assert.equal(failed.processing_status, 'failed')
      const again = dataOf<StoreFileObject>(await add({ file_id: failed.file_id }), 201)
      assert.equal(again.id, failed.id)
      const result = await settled(client, again)
      assert.ok(
        Date.parse(String(result.processing_completed_at)) >=
          Date.parse(String(failed.processing_completed_at)),
      )
    })

    it('answers 404 for an unknown store first, then for an unknown file', async () => {
      assertError(await add({ file_id: UNKNOWN_FILE }, UNKNOWN_STORE), 404, 'VECTOR_STORE_NOT_FOUND')
      assertError(await add({ file_id: UNKNOWN_FILE }), 404, 'FILE_NOT_FOUND')
    })

    describe('refuses', () => {
      for (const [title, value] of BAD_FILE_ID) {
        it(`file_id: ${title}`, async () => assertFieldError(await add({ file_id: value }), 'file_id'))
      }
      for (const [title, value] of BAD_ATTRIBUTES) {
        it(`attributes: ${title}`, async () => {
          assertBadField(await add({ file_id: UNKNOWN_FILE, attributes: value }), 'attributes')
        })
      }
      for (const [title, value] of BAD_CHUNKING) {
        it(`chunking_strategy: ${title}`, async () => {
          const answer = await add({ file_id: UNKNOWN_FILE, chunking_strategy: value })
          assertBadField(answer, 'chunking_strategy')
        })
      }
    })
  })

  describe('GET …/files', () => {
    it('is one page of 20, newest first', async () => {
      const { id } = await createStore(client)
      assert.deepEqual(await list(id), {
        ...{ total: 0, page: 1, page_size: 20, total_pages: 0, files: [], next_cursor: null },
      })
      const added = []
      for (let index = 0; index < 3; index++) added.unshift((await addText(client, id)).file_id)
      const { files, ...page } = await list(id)
      assert.deepEqual(
        files.map(({ file_id }) => file_id),
        added,
      )
      assert.deepEqual(page, { total: 3, page: 1, page_size: 20, total_pages: 1, next_cursor: null })
    })

    it('lists 101 files in pages and by cursor', async () => {
      const file_ids: string[] = []
      for (let index = 0; index < 101; index++) file_ids.push((await client.uploadFile(textFile())).id)
      const { id } = await createStore(client, { name: '101', file_ids })
      const first = await list(id, '?page_size=100')
      const second = await list(id, '?page_size=100&page=2')
      assert.deepEqual([first.total, first.total_pages, first.files.length], [101, 2, 100])
      assert.deepEqual([second.total, second.page, second.files.length], [101, 2, 1])
      assert.deepEqual(
        [...first.files, ...second.files].map(({ file_id }) => file_id).toSorted(),
        file_ids.toSorted(),
      )
      const rest = await list(id, `?page_size=100&after=${first.next_cursor}`)
      assert.deepEqual(
        rest.files.map((file) => file.id),
        second.files.map((file) => file.id),
      )
      const last = first.files.at(-1)
      for (const cursor of [last?.file_id, last?.file_id.replace('file_', 'file-')]) {
        assert.equal((await list(id, `?after=${cursor}`)).files[0]?.id, second.files[0]?.id)
      }
    })

    it('filters by states', async () => {
      const { id } = await createStore(client, { name: 'States', file_ids: ['file_missing'] })
      const completed = await indexText(client, id, 'completed')
      const ids = async (query: string) => (await list(id, query)).files.map((file) => file.file_id)
      assert.deepEqual(await ids('?status=completed'), [completed.file_id])
      assert.deepEqual(await ids('?status=failed'), ['file_missing'])
      assert.deepEqual(await ids('?status=failed,completed'), [completed.file_id, 'file_missing'])
      assert.deepEqual(await ids('?status=pending,processing'), [])
    })

    for (const [query, field] of [
      ...BAD_PAGE_QUERIES.map(([query, field]) => {
        return [query.replace('limit', 'page_size'), field === 'limit' ? 'page_size' : field] as const
      }),
      ['status=cancelled', 'status'],
      ['status=done', 'status'],
      ['status=', 'status'],
      ['status=failed,', 'status'],
      ['after=file_unknown', 'after'],
      [`after=${UNKNOWN_FILE}`, 'after'],
    ] as const) {
      it(`refuses ${query}`, async () => {
        // The page numbers below suit the default page size of other lists.
        if (query === 'page=201')
          return assertFieldError(await client.get(`/vector-stores/${store.id}/files?page=501`), field)
        assertFieldError(await client.get(`/vector-stores/${store.id}/files?${query}`), field)
      })
    }
  })

  describe('PATCH …/files/{file}', () => {
    it('replaces the attributes, and null removes them', async () => {
      const file = await addText(client, store.id, 'a', { attributes: { a: 1, b: 'two' } })
      const replaced = dataOf<StoreFileObject>(await patch(pathOf(file), { attributes: { c: true } }))
      assert.deepEqual(replaced.attributes, { c: true })
      const removed = dataOf<StoreFileObject>(await patch(pathOf(file), { attributes: null }))
      assert.deepEqual(removed.attributes, {})
    })

    for (const [title, value] of [['missing', undefined] as const, ...BAD_ATTRIBUTES]) {
      it(`refuses attributes: ${title}`, async () => {
        const path = `/vector-stores/${store.id}/files/${UNKNOWN_FILE}`
        assertBadField(await patch(path, { attributes: value }), 'attributes')
      })
    }
  })

  it('has a progress, by the id of the File and of the association', async () => {
    const file = await indexText(client, store.id, 'progress')
    for (const id of [file.file_id, file.id, file.file_id.replace('file_', 'file-')]) {
      const path = `/vector-stores/${store.id}/files/${id}/status`
      assert.deepEqual(dataOf<ProcessingStatus>(await client.get(path)), {
        vector_store_file_id: file.id,
        file_id: file.file_id,
        vector_store_id: store.id,
        status: 'completed',
        added_at: file.added_at,
        chunk_count: 1,
        embedding_model: 'lexical',
        error_message: null,
        processing_started_at: file.processing_started_at,
        processing_completed_at: file.processing_completed_at,
        progress_percent: 100,
        current_step: 'done',
      })
    }
  })

  it('has a log without text of the document', async () => {
    const file = await indexText(client, store.id, 'xylophone')
    const answer = await client.get(`/vector-stores/${store.id}/files/${file.id}/logs`)
    const log = dataOf<Log>(answer)
    assert.deepEqual([log.file_id, log.vector_store_id], [file.file_id, store.id])
    assert.ok(log.entries.length > 0)
    for (const { at, level, attempt, message } of log.entries) {
      assert.match(at, ISO_UTC)
      assert.ok(['info', 'warning', 'error'].includes(level))
      assert.ok(attempt >= 1 && message !== '')
    }
    const times = log.entries.map(({ at }) => at)
    assert.deepEqual(times, times.toSorted())
    assert.ok(!answer.bytes.includes('xylophone') && !answer.bytes.includes(server.dataDir))
  })

  describe('POST …/files/{file}/retry', () => {
    const retry = (file: StoreFileObject, body?: object) => client.post(`${pathOf(file)}/retry`, body)

    it('refuses a completed file, unless it is forced', async () => {
      const file = await indexText(client, store.id, 'retried')
      for (const body of [undefined, {}, { force: false }, { reset_error: true }]) {
        assertError(await retry(file, body), 409, 'FILE_ALREADY_PROCESSED')
      }
      const status = dataOf<ProcessingStatus>(await retry(file, { force: true }))
      assert.deepEqual([status.vector_store_file_id, status.chunk_count], [file.id, 0])
      assert.equal((await settled(client, file)).processing_status, 'completed')
    })

    for (const [title, options] of [
      ['without a body', {}],
      ['with an empty body of the JSON type', { headers: { 'content-type': 'application/json' } }],
      ['with null', { body: 'null' }],
      ['with an empty object', { body: {} }],
    ] as const) {
      it(`indexes a failed file again ${title}`, async () => {
        const failed = await settled(client, await addBroken())
        assert.equal(failed.processing_status, 'failed')
        assert.ok(failed.error_message && failed.error_code === 'invalid_file')
        const answer = await client.send('POST', `${pathOf(failed)}/retry`, options)
        const status = dataOf<ProcessingStatus>(answer)
        assert.equal(status.file_id, failed.file_id)
        assert.ok(STATUSES.includes(status.status))
        assert.equal((await settled(client, failed)).processing_status, 'failed')
      })
    }

    for (const [field, value] of [
      ['reset_error', 'no'],
      ['reset_error', null],
      ['force', 1],
    ] as const) {
      it(`refuses ${field}: ${value}`, async () => {
        const path = `/vector-stores/${store.id}/files/${UNKNOWN_FILE}/retry`
        assertFieldError(await client.post(path, { [field]: value }), field)
      })
    }

    it('refuses a body that is no object', async () => {
      const path = `/vector-stores/${store.id}/files/${UNKNOWN_FILE}/retry`
      for (const body of ['[]', '5', '"a"']) {
        assertError(await client.send('POST', path, { body }), 422, 'VALIDATION_ERROR')
      }
      assertError(await client.send('POST', path, { body: '{' }), 400, 'INVALID_JSON')
    })
  })

  describe('DELETE …/files/{file}', () => {
    it('removes the file at once, and the File stays', async () => {
      const { id } = await createStore(client)
      const file = await indexText(client, id, 'removed soon')
      const search = async () =>
        dataOf<SearchResults>(await client.post(`/vector-stores/${id}/search`, { query: 'removed' })).results
      assert.equal((await search()).length, 1)
      const answer = await client.del(pathOf(file))
      assert.equal(answer.status, 204)
      assert.equal(answer.bytes.length, 0)
      assert.deepEqual(await search(), [])
      assertError(await client.get(pathOf(file)), 404, 'FILE_NOT_IN_STORE')
      assertError(await client.del(pathOf(file)), 404, 'FILE_NOT_IN_STORE')
      assert.equal((await client.get(`/files/${file.file_id}`)).status, 200)
    })

    it('of the File itself removes it from the store', async () => {
      const { id } = await createStore(client)
      const file = await indexText(client, id, 'deleted soon')
      assert.equal((await client.del(`/files/${file.file_id}`)).status, 204)
      assertError(await client.get(pathOf(file)), 404, 'FILE_NOT_IN_STORE')
      const answer = await client.post(`/vector-stores/${id}/search`, { query: 'deleted' })
      assert.deepEqual(dataOf<SearchResults>(answer).results, [])
      assert.equal((await list(id)).total, 0)
    })
  })

  describe('of an unknown store or file', () => {
    const REQUESTS = [
      ['GET', ''],
      ['PATCH', '', { attributes: {} }],
      ['GET', '/status'],
      ['GET', '/logs'],
      ['POST', '/retry'],
      ['DELETE', ''],
    ] as const
    for (const [method, suffix, body] of REQUESTS) {
      it(`${method} …/files/{file}${suffix} is 404`, async () => {
        const { id } = await client.uploadFile(textFile())
        for (const fileId of [UNKNOWN_FILE, `vsf_${'0'.repeat(32)}`, 'x', id]) {
          const path = `/vector-stores/${store.id}/files/${fileId}${suffix}`
          assertError(await client.send(method, path, body ? { body } : {}), 404, 'FILE_NOT_IN_STORE')
        }
        const path = `/vector-stores/${UNKNOWN_STORE}/files/${id}${suffix}`
        assertError(await client.send(method, path, body ? { body } : {}), 404, 'VECTOR_STORE_NOT_FOUND')
      })
    }

    it('a file of another store is not in this one', async () => {
      const { id } = await createStore(client)
      const file = await addText(client, id)
      for (const fileId of [file.file_id, file.id]) {
        const answer = await client.get(`/vector-stores/${store.id}/files/${fileId}`)
        assertError(answer, 404, 'FILE_NOT_IN_STORE')
      }
    })
  })
})

/** Asserts a refusal of the field, or of a part of it. */
function assertBadField(answer: Answer, field: string): void {
  assertError(answer, 422, 'VALIDATION_ERROR')
  const { details } = errorOf(answer)
  assert.equal(String(details.field).split(/[.[]/, 1)[0], field)
  assert.ok('value' in details, 'details.value is missing')
}

describe('files of a vector store that wait for their indexing', () => {
  it('show the time until they are completed when the speed of the queue is known', async (test) => {
    const server = await startApp({ env: { INDEX_CONCURRENCY: '0' } })
    test.after(() => server.stop())
    const client = createClient(server)
    const store = await createStore(client)
    const first = await addText(client, store.id, 'first')
    assert.equal(first.estimated_completion_seconds, null)
    await completeAfter(server.context.database, 3000)
    const waiting = [await addText(client, store.id, 'second'), await addText(client, store.id, 'third')]
    assert.deepEqual(
      waiting.map((file) => file.estimated_completion_seconds),
      [3, 6],
    )
    const { files } = dataOf<StoreFileList>(await client.get(`/vector-stores/${store.id}/files`))
    assert.deepEqual(
      files.map((file) => file.estimated_completion_seconds),
      [6, 3, null],
    )
  })
})

/** Completes the waiting file as a worker that takes `runMs`. */
async function completeAfter({ tasks, vectorStores }: Database, runMs: number): Promise<void> {
  const nowMs = Date.now()
  const claim = { kind: INDEXING_TASK, nowMs, leaseUntilMs: 9e12, deadlineAtMs: 9e12, max: 1 }
  const [task] = (await tasks.claim({ ...claim, maxPerOrganization: 1, after: '' })).tasks
  assert.ok(task)
  await vectorStores.indexing.begin(task, nowMs - runMs)
  const result = { revision: 'r', parts: 0, chunkCount: 1, usageBytes: 1, embeddingModel: null, log: null }
  await vectorStores.indexing.complete(task, { ...result, nowMs })
}

import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { NotFoundError, type Waybill } from '@waybill/sdk'
import { eventually } from '../../server/test/clients/eventually.ts'

/** Environment variables of an example. */
export type Variables = Readonly<Record<string, string>>

export interface ExampleEnd {
  readonly output: string
  readonly given: Variables
  readonly waybill: Waybill
  /** The folder that it ran in. */
  readonly folder: string
}

interface ExampleCase {
  /** True for an example of a service whose clients send bytes to S3 storage directly. */
  readonly isDirect?: boolean
  /** Makes what the example needs; nothing where it needs no more than any. */
  readonly prepare?: (waybill: Waybill) => Promise<Variables>
  /** Fails unless the example printed and did what it is for. */
  readonly check: (end: ExampleEnd) => Promise<void> | void
}

const HELLO = 'Hello, Waybill!\n'
const FACTS = { filename: 'hello.txt', file_size: HELLO.length, mime_type: 'text/plain' }
const FILE_ID = /file_[0-9a-f]{32}/

async function session(waybill: Waybill): Promise<Variables> {
  const { file_id, upload_url, gcs_path } = await waybill.files.createUploadUrl(FACTS)
  return { FILE_ID: file_id, UPLOAD_URL: upload_url, GCS_PATH: gcs_path }
}

async function directSession(waybill: Waybill): Promise<Variables> {
  const { file_id } = await waybill.files.createUploadUrl({ ...FACTS, upload_type: 'parts' })
  return { FILE_ID: file_id }
}

async function finishedSession(waybill: Waybill): Promise<Variables> {
  const variables = await session(waybill)
  const { status } = await fetch(variables.UPLOAD_URL ?? '', { method: 'PUT', body: HELLO })
  assert.equal(status, 200)
  return variables
}

async function file(waybill: Waybill): Promise<Variables> {
  const options = { filename: 'hello.txt', mimeType: 'text/plain' }
  const { id } = await waybill.files.upload(Buffer.from(HELLO), options)
  const { download_url } = await waybill.files.getContent(id)
  return { FILE_ID: id, DOWNLOAD_URL: download_url }
}

async function trashedFile(waybill: Waybill): Promise<Variables> {
  const variables = await file(waybill)
  await waybill.files.trash(variables.FILE_ID ?? '')
  return variables
}

async function link(waybill: Waybill): Promise<Variables> {
  const variables = await file(waybill)
  const { id, url } = await waybill.files.links.create(variables.FILE_ID ?? '')
  return { ...variables, LINK_ID: id, SHARE_URL: url }
}

async function member(waybill: Waybill): Promise<Variables> {
  const email = `${crypto.randomUUID()}@example.com`
  const { id } = await waybill.members.add({ email, role: 'member' })
  return { MEMBER_ID: id }
}

async function withoutAda(waybill: Waybill): Promise<Variables> {
  for await (const { id, email } of waybill.members.list()) {
    if (email === 'ada@example.com') await waybill.members.remove(id)
  }
  return {}
}

async function webhook(waybill: Waybill): Promise<Variables> {
  const { id } = await waybill.webhooks.create({ url: 'https://receiver.example/waybill' })
  return { WEBHOOK_ID: id }
}

/** A delivery that failed, since its host does not exist. */
async function delivery(waybill: Waybill): Promise<Variables> {
  const { WEBHOOK_ID = '' } = await webhook(waybill)
  await file(waybill)
  const delivered = await eventually('a delivery has failed', async () => {
    for await (const one of waybill.webhooks.listDeliveries(WEBHOOK_ID)) {
      if (one.attempts.length > 0 && one.state === 'waiting') return one
    }
    return undefined
  })
  return { WEBHOOK_ID, DELIVERY_ID: delivered.id }
}

async function key(waybill: Waybill): Promise<Variables> {
  const { id } = await waybill.apiKeys.create({ key_name: "An example's" })
  return { KEY_ID: id }
}

async function pausedKey(waybill: Waybill): Promise<Variables> {
  const variables = await key(waybill)
  await waybill.apiKeys.pause(variables.KEY_ID ?? '')
  return variables
}

async function deactivatedKey(waybill: Waybill): Promise<Variables> {
  const variables = await key(waybill)
  await waybill.apiKeys.deactivate(variables.KEY_ID ?? '')
  return variables
}

async function store(waybill: Waybill): Promise<Variables> {
  const { id } = await waybill.vectorStores.create({ name: 'An example’s' })
  return { VECTOR_STORE_ID: id }
}

async function storeAndFile(waybill: Waybill): Promise<Variables> {
  return { ...(await store(waybill)), ...(await file(waybill)) }
}

async function storeFile(waybill: Waybill): Promise<Variables> {
  const variables = await storeAndFile(waybill)
  const { VECTOR_STORE_ID = '', FILE_ID = '' } = variables
  await waybill.vectorStores.files.addAndWait(VECTOR_STORE_ID, FILE_ID, { pollMs: 50 })
  return variables
}

async function thread(waybill: Waybill): Promise<Variables> {
  const { id } = await waybill.threads.create({ title: 'An example’s' })
  return { THREAD_ID: id }
}

async function message(waybill: Waybill): Promise<Variables> {
  const variables = await thread(waybill)
  const body = { role: 'user', content: 'hello' } as const
  const { id } = await waybill.threads.messages.create(variables.THREAD_ID ?? '', body)
  return { ...variables, MESSAGE_ID: id }
}

async function response(waybill: Waybill): Promise<Variables> {
  const { response_id } = await waybill.responses.create({ inputs: [{ role: 'user', content: 'hello' }] })
  return { RESPONSE_ID: response_id }
}

/** A file that does not exist fails at once. */
async function failedFile(waybill: Waybill): Promise<Variables> {
  const { id } = await waybill.vectorStores.create({ name: 'An example’s', file_ids: ['file_missing'] })
  return { VECTOR_STORE_ID: id, FILE_ID: 'file_missing' }
}

const prints =
  (what: string | RegExp) =>
  ({ output, given }: ExampleEnd) => {
    const expected = typeof what === 'string' ? (given[what] ?? what) : what
    if (expected instanceof RegExp) assert.match(output, expected)
    else assert.ok(output.includes(expected), `${JSON.stringify(expected)} is not in: ${output}`)
  }

/** The file whose id the example printed is there, whole. */
async function registers({ output, waybill }: ExampleEnd, sizeBytes = HELLO.length): Promise<void> {
  const [id = ''] = FILE_ID.exec(output) ?? []
  assert.equal((await waybill.files.get(id)).file_size, sizeBytes)
}

const keyIs =
  (isActive: boolean, isPaused: boolean) =>
  async ({ output, given: { KEY_ID = '' }, waybill }: ExampleEnd) => {
    assert.ok(output.includes(KEY_ID))
    const { is_active, is_paused } = await waybill.apiKeys.get(KEY_ID)
    assert.deepEqual({ is_active, is_paused }, { is_active: isActive, is_paused: isPaused })
  }

async function sendsAll({ output, given, waybill }: ExampleEnd): Promise<void> {
  assert.ok(output.includes(given.GCS_PATH ?? ''))
  await waybill.files.register({ ...FACTS, gcs_path: given.GCS_PATH ?? '' })
}

async function sendsWithTus({ output, given: { GCS_PATH = '' }, waybill }: ExampleEnd): Promise<void> {
  assert.match(output, /204/)
  await waybill.files.register({ ...FACTS, gcs_path: GCS_PATH })
}

async function endsSession({ waybill, given, output }: ExampleEnd): Promise<void> {
  assert.match(output, /204|499|cancelled/)
  const open = await Array.fromAsync(waybill.files.listUploads())
  assert.ok(open.every(({ file_id }) => file_id !== given.FILE_ID))
}

/** Cases by the names of the examples: those of the operations, and the additional ones. */
export const EXAMPLE_CASES: Readonly<Record<string, ExampleCase>> = {
  'create-upload-url': {
    check: async ({ output, waybill }) => {
      const [id] = FILE_ID.exec(output) ?? []
      const open = await Array.fromAsync(waybill.files.listUploads())
      assert.ok(open.some(({ file_id }) => file_id === id))
      assert.match(output, /upload_id=/)
    },
  },
  'receive-upload': { prepare: session, check: sendsAll },
  'receive-upload-by-post': { prepare: session, check: sendsAll },
  'create-tus-upload': { check: registers },
  'get-upload-offset': { prepare: session, check: prints(/upload-offset: 0/i) },
  'append-to-upload': { prepare: session, check: sendsWithTus },
  'cancel-upload-session': { prepare: session, check: endsSession },
  'preflight-upload-session': { prepare: session, check: prints(/PUT/) },
  'list-uploads': { prepare: session, check: prints('FILE_ID') },
  'sign-upload-parts': { isDirect: true, prepare: directSession, check: prints(/http/) },
  'complete-direct-upload': { isDirect: true, check: registers },
  'cancel-upload': { prepare: session, check: endsSession },
  'register-file': { prepare: finishedSession, check: registers },
  'upload-files': { check: registers },
  'create-resumable-upload': { check: registers },
  'create-resumable-upload-by-put': { check: registers },
  'resumable-upload': { check: (end) => registers(end, 1_000_000) },
  'list-files': { prepare: file, check: prints('FILE_ID') },
  'get-file': { prepare: file, check: prints('FILE_ID') },
  'update-file': {
    prepare: file,
    check: async ({ given: { FILE_ID = '' }, waybill }) => {
      const { path, original_filename } = await waybill.files.get(FILE_ID)
      assert.deepEqual([path, original_filename], ['reports/2026', 'january.txt'])
    },
  },
  'delete-file': {
    prepare: file,
    check: async ({ output, given: { FILE_ID = '' }, waybill }) => {
      assert.match(output, /204|is deleted/)
      await assert.rejects(waybill.files.get(FILE_ID), NotFoundError)
    },
  },
  'get-file-content': {
    prepare: file,
    check: async ({ output }) => {
      const [url = ''] = /https?:[^\s"']+/.exec(output) ?? []
      assert.equal(await (await fetch(url)).text(), HELLO)
    },
  },
  'download-file': {
    prepare: file,
    check: async ({ output, folder }) => {
      assert.match(output, /Hello|hello\.txt is in copy\.txt/)
      assert.equal(await readFile(join(folder, 'copy.txt'), 'utf8'), HELLO)
    },
  },
  'restore-file': { prepare: trashedFile, check: registers },
  'create-share-link': {
    prepare: file,
    check: async ({ output }) => {
      const [url = ''] = /https?:[^\s"']+/.exec(output) ?? []
      assert.equal(await (await fetch(url)).text(), HELLO)
    },
  },
  'list-share-links': { prepare: link, check: prints('LINK_ID') },
  'delete-share-link': {
    prepare: link,
    check: async ({ output, given: { FILE_ID = '' }, waybill }) => {
      assert.match(output, /204|is deleted/)
      assert.deepEqual(await waybill.files.links.list(FILE_ID), [])
    },
  },
  'download-shared-file': {
    prepare: link,
    check: async ({ output, folder }) => {
      assert.match(output, /200|bytes/)
      assert.equal(await readFile(join(folder, 'shared.txt'), 'utf8'), HELLO)
    },
  },
  'list-events': { prepare: file, check: prints(/file\.created/) },
  'stream-events': { prepare: file, check: prints(/file\.created/) },
  'get-sign-in': { check: prints(/null|None/) },
  'get-me': { check: prints(/role/) },
  'list-members': { prepare: member, check: prints('MEMBER_ID') },
  'add-member': { prepare: withoutAda, check: prints(/invited/) },
  'get-member': { prepare: member, check: prints('MEMBER_ID') },
  'update-member': {
    prepare: member,
    check: async ({ waybill, given: { MEMBER_ID = '' } }) => {
      assert.equal((await waybill.members.get(MEMBER_ID)).role, 'viewer')
    },
  },
  'delete-member': {
    prepare: member,
    check: async ({ waybill, given: { MEMBER_ID = '' } }) => {
      await assert.rejects(waybill.members.get(MEMBER_ID), NotFoundError)
    },
  },
  'create-webhook': { check: prints(/whsec_\S{44}/) },
  'list-webhooks': { prepare: webhook, check: prints('WEBHOOK_ID') },
  'get-webhook': { prepare: webhook, check: prints('WEBHOOK_ID') },
  'update-webhook': {
    prepare: webhook,
    check: async ({ given: { WEBHOOK_ID = '' }, waybill }) => {
      assert.deepEqual((await waybill.webhooks.get(WEBHOOK_ID)).types, ['file.created', 'file.deleted'])
    },
  },
  'delete-webhook': {
    prepare: webhook,
    check: async ({ output, given: { WEBHOOK_ID = '' }, waybill }) => {
      assert.match(output, /204|is deleted/)
      await assert.rejects(waybill.webhooks.get(WEBHOOK_ID), NotFoundError)
    },
  },
  'rotate-webhook': { prepare: webhook, check: prints(/whsec_\S{44}/) },
  'test-webhook': { prepare: webhook, check: prints(/host name was not found/) },
  'list-webhook-deliveries': { prepare: delivery, check: prints('DELIVERY_ID') },
  'retry-webhook-delivery': { prepare: delivery, check: prints('DELIVERY_ID') },
  'get-organization': { check: prints(/storage_used_bytes/) },
  'create-api-key': { check: prints(/oak_live_\w{43}/) },
  'list-api-keys': { prepare: key, check: prints('KEY_ID') },
  'get-api-key': { prepare: key, check: prints('KEY_ID') },
  'update-api-key': {
    prepare: key,
    check: async ({ given: { KEY_ID = '' }, waybill }) => {
      assert.equal((await waybill.apiKeys.get(KEY_ID)).key_name, 'Weekly archive')
    },
  },
  'delete-api-key': {
    prepare: key,
    check: async ({ output, given: { KEY_ID = '' }, waybill }) => {
      assert.match(output, /is deleted/)
      await assert.rejects(waybill.apiKeys.get(KEY_ID), NotFoundError)
    },
  },
  'activate-api-key': { prepare: deactivatedKey, check: keyIs(true, false) },
  'deactivate-api-key': { prepare: key, check: keyIs(false, false) },
  'pause-api-key': { prepare: key, check: keyIs(true, true) },
  'unpause-api-key': { prepare: pausedKey, check: keyIs(true, false) },
  'rotate-api-key': { prepare: key, check: prints(/oak_live_\w{43}/) },
  'create-s3-credentials': { prepare: key, check: prints(/WB[A-Z2-7]{18}/) },
  'delete-s3-credentials': {
    prepare: key,
    check: async ({ given: { KEY_ID = '' }, waybill }) => {
      assert.equal((await waybill.apiKeys.get(KEY_ID)).is_active, true)
    },
  },
  'create-vector-store': {
    check: async ({ output, waybill }) => {
      const [id = ''] = /vs_[0-9a-f]{32}/.exec(output) ?? []
      assert.equal((await waybill.vectorStores.get(id)).name, 'Contracts')
    },
  },
  'list-vector-stores': { prepare: store, check: prints('VECTOR_STORE_ID') },
  'get-store-usage': { prepare: store, check: prints(/vector_store_count/) },
  'get-vector-store': { prepare: store, check: prints('VECTOR_STORE_ID') },
  'update-vector-store': {
    prepare: store,
    check: async ({ given: { VECTOR_STORE_ID = '' }, waybill }) => {
      assert.equal((await waybill.vectorStores.get(VECTOR_STORE_ID)).name, 'Contracts of 2026')
    },
  },
  'delete-vector-store': {
    prepare: store,
    check: async ({ output, given: { VECTOR_STORE_ID = '' }, waybill }) => {
      assert.match(output, /204|is deleted/)
      await assert.rejects(waybill.vectorStores.get(VECTOR_STORE_ID), NotFoundError)
    },
  },
  'add-store-file': {
    prepare: storeAndFile,
    check: async ({ output, given: { VECTOR_STORE_ID = '', FILE_ID = '' }, waybill }) => {
      assert.ok(output.includes(FILE_ID))
      const added = await waybill.vectorStores.files.get(VECTOR_STORE_ID, FILE_ID)
      assert.equal(added.file_id, FILE_ID)
    },
  },
  'list-store-files': { prepare: storeFile, check: prints('FILE_ID') },
  'get-store-file': { prepare: storeFile, check: prints('FILE_ID') },
  'update-store-file': { prepare: storeFile, check: prints(/2026/) },
  'get-store-file-status': { prepare: storeFile, check: prints(/progress_percent/) },
  'get-store-file-log': { prepare: storeFile, check: prints(/entries/) },
  'retry-store-file': { prepare: failedFile, check: prints(/vsf_[0-9a-f]{32}/) },
  'remove-store-file': {
    prepare: storeFile,
    check: async ({ output, given: { VECTOR_STORE_ID = '', FILE_ID = '' }, waybill }) => {
      assert.match(output, /204|is removed/)
      await assert.rejects(waybill.vectorStores.files.get(VECTOR_STORE_ID, FILE_ID), NotFoundError)
    },
  },
  'search-vector-store': { prepare: storeFile, check: prints(/Hello, Waybill!/) },
  'search-vector-stores': { prepare: storeFile, check: prints(/Hello, Waybill!/) },
  'create-conversation': {
    check: async ({ output, waybill }) => {
      const [id = ''] = /thrd_[0-9a-f]{32}/.exec(output) ?? []
      assert.equal((await waybill.threads.get(id)).title, 'The contract')
    },
  },
  'list-conversations': { prepare: thread, check: prints('THREAD_ID') },
  'get-conversation': { prepare: thread, check: prints('THREAD_ID') },
  'update-conversation': { prepare: thread, check: prints(/The contract of 2026/) },
  'delete-conversation': {
    prepare: thread,
    check: async ({ output, given: { THREAD_ID = '' }, waybill }) => {
      assert.match(output, /204|is deleted/)
      await assert.rejects(waybill.threads.get(THREAD_ID), NotFoundError)
    },
  },
  'add-conversation-items': {
    prepare: thread,
    check: async ({ output, given: { THREAD_ID = '' }, waybill }) => {
      const [id = ''] = /msg_[0-9a-f]{32}/.exec(output) ?? []
      assert.equal((await waybill.threads.messages.get(THREAD_ID, id)).role, 'user')
    },
  },
  'list-conversation-items': { prepare: message, check: prints('MESSAGE_ID') },
  'get-conversation-item': { prepare: message, check: prints('MESSAGE_ID') },
  'delete-conversation-item': {
    prepare: message,
    check: async ({ output, given: { THREAD_ID = '', MESSAGE_ID = '' }, waybill }) => {
      assert.match(output, /204|is deleted/)
      await assert.rejects(waybill.threads.messages.get(THREAD_ID, MESSAGE_ID), NotFoundError)
    },
  },
  'create-response': {
    check: async ({ output, waybill }) => {
      const [id = ''] = /resp_[0-9a-f]{32}/.exec(output) ?? []
      assert.equal((await waybill.responses.get(id, { output_mode: 'plain' })).response, 'ok')
      assert.match(output, /ok/)
    },
  },
  'get-response': { prepare: response, check: prints('RESPONSE_ID') },
  'delete-response': {
    prepare: response,
    check: async ({ output, given: { RESPONSE_ID = '' }, waybill }) => {
      assert.match(output, /204|is deleted/)
      await assert.rejects(waybill.responses.get(RESPONSE_ID), NotFoundError)
    },
  },
  'check-health': { check: prints(/ok/) },
  'check-health-details': { check: prints(/dependencies/) },
  'get-document': {
    check: async ({ output, folder }) => {
      const kept = await readFile(join(folder, 'openapi.json'), 'utf8').catch(() => '')
      assert.match(output + kept, /\/v1\/health\/details/)
    },
  },
}

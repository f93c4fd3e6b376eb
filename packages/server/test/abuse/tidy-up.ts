import assert from 'node:assert/strict'
import type { Caller } from '../caller.ts'
import type { TestServer } from '../start-server.ts'
import { createJsonApi, type Json, type JsonApi } from './json-api.ts'
import type { KnownSession, KnownThings } from './known-things.ts'

const SESSIONS = 10
const FILES = 4
const KEYS = 4
const MAX_PAGES = 1000
const SIZE_BYTES = 2 * 262_144 + 5

/** Removes all files, sessions, webhooks, members and keys that requests created, with the API. */
export async function removeEverything(
  server: TestServer,
  caller: Caller,
  known: KnownThings,
): Promise<void> {
  const api = createJsonApi(server, caller)
  // Requests of closed connections may still run, so that things disappear or appear meanwhile.
  const remove = (path: string) =>
    caller.call({
      method: 'DELETE',
      url: `${server.baseUrl}${path}`,
      headers: { 'X-API-Key': server.apiKey },
    })
  const removeAll = async (listPath: string, key: string, pathOf: (thing: Json) => string | null) => {
    for (let pages = 0; pages < MAX_PAGES; pages++) {
      const listed: Json[] = (await api('GET', listPath, 200))[key]
      const paths = listed.map(pathOf).filter((path) => path !== null)
      if (paths.length === 0) return
      await Promise.all(paths.map(remove))
    }
  }
  // Sessions that a malformed range has ended are in no list, and keep their bytes until they expire.
  await Promise.all(known.sessions.map(({ fileId }) => remove(`/files/uploads/${fileId}`)))
  await removeAll('/files/uploads?limit=100', 'uploads', ({ file_id: id }) => `/files/uploads/${id}`)
  await removeAll('/files?limit=100', 'files', ({ id }) => `/files/${id}`)
  await removeAll('/files?state=trashed&limit=100', 'files', ({ id }) => `/files/${id}`)
  await removeAll('/webhooks', 'webhooks', ({ id }) => `/webhooks/${id}`)
  await removeAll('/members?limit=100', 'members', ({ id }) => `/members/${id}`)
  await removeAll('/api-keys?page_size=100', 'api_keys', ({ id, key_prefix: prefix }) =>
    server.apiKey.startsWith(prefix) ? null : `/api-keys/${id}`,
  )
}

/** Creates sessions, files and keys for the next requests. */
export async function makeThings(server: TestServer, caller: Caller): Promise<KnownThings> {
  const api = createJsonApi(server, caller)
  const sessions = await Promise.all(Array.from({ length: SESSIONS }, () => openSession(api)))
  const fileIds = await Promise.all(Array.from({ length: FILES }, () => uploadFile(server)))
  const contents = await Promise.all(fileIds.map((id) => api('GET', `/files/${id}/content`, 200)))
  const scopes = ['files:read']
  const keys = await Promise.all(
    Array.from({ length: KEYS }, () => api('POST', '/api-keys', 201, { key_name: 'spare', scopes })),
  )
  return {
    host: new URL(server.url).host,
    organizationId: server.organizationId,
    apiKey: server.apiKey,
    sessions,
    fileIds,
    keyIds: keys.map(({ id }) => id),
    downloads: contents.map(({ download_url: url }) => pathOf(url)),
  }
}

async function openSession(api: JsonApi): Promise<KnownSession> {
  const filename = 'session.bin'
  const declared = { filename, file_size: SIZE_BYTES, mime_type: 'application/octet-stream' }
  const opened = await api('POST', '/files/upload-url', 200, declared)
  return {
    fileId: opened.file_id,
    uploadId: new URL(opened.upload_url).searchParams.get('upload_id') ?? '',
    objectName: opened.gcs_path,
    filename,
    sizeBytes: SIZE_BYTES,
  }
}

async function uploadFile({ baseUrl, apiKey }: TestServer): Promise<string> {
  const form = new FormData()
  form.append('file', new Blob(['some text '.repeat(100)], { type: 'text/plain' }), 'known.txt')
  const response = await fetch(`${baseUrl}/files/upload`, {
    method: 'POST',
    headers: { 'X-API-Key': apiKey },
    body: form,
  })
  const file = (await response.json()) as { id: string }
  assert.equal(response.status, 201, JSON.stringify(file))
  return file.id
}

function pathOf(url: string): string {
  const { pathname, search } = new URL(url)
  return pathname + search
}

import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { operatorCaller } from '../../src/domain/access/caller.ts'
import { NO_HASHES } from '../../src/domain/uploads/upload-session.ts'
import { createUploadSession } from '../../src/operations/uploads/create-upload-session.ts'
import { sessionUri } from '../../src/protocols/urls.ts'
import { startApp, type TestApp } from '../start-app.ts'

describe('the session URI of an upload of parts', () => {
  let server: TestApp
  let url: string
  before(async () => {
    server = await startApp()
    const { uploadId } = await createUploadSession(server.context, operatorCaller(server.organizationId), {
      filename: 'a.txt',
      contentType: 'text/plain',
      sizeBytes: 5,
      reservedBytes: 0,
      protocol: 'openai',
      layout: 'parts',
      registers: 'when-complete',
      metadata: null,
      announced: NO_HASHES,
      checksums: [],
      fileLifetimeMs: null,
    })
    url = sessionUri(server.url, uploadId)
  })
  after(() => server?.stop())

  const TUS = { 'Tus-Resumable': '1.0.0' }
  const APPEND = { 'Content-Type': 'application/offset+octet-stream', 'Upload-Offset': '0' }
  const IETF = { 'Content-Type': 'application/partial-upload', 'Upload-Offset': '0', 'Upload-Complete': '?1' }
  const REQUESTS: Readonly<Record<string, RequestInit>> = {
    "bytes of Google's protocol": { method: 'PUT', body: 'hello' },
    "a status query of Google's protocol": { method: 'PUT', headers: { 'Content-Range': 'bytes */5' } },
    "a cancellation of Google's protocol": { method: 'DELETE' },
    'bytes of the IETF protocol': { method: 'PATCH', headers: IETF, body: 'hello' },
    'a query of the IETF protocol': { method: 'HEAD' },
    'bytes of tus': { method: 'PATCH', headers: { ...TUS, ...APPEND }, body: 'hello' },
    'a query of tus': { method: 'HEAD', headers: TUS },
    'a cancellation of tus': { method: 'DELETE', headers: TUS },
  }
  for (const [what, request] of Object.entries(REQUESTS)) {
    it(`refuses ${what} with 405`, async () => {
      const answer = await fetch(url, request)
      assert.equal(answer.status, 405, await answer.text())
      assert.equal(answer.headers.get('allow'), 'OPTIONS')
    })
  }
})

import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { DatabaseSync } from 'node:sqlite'
import { describe, it } from 'node:test'
import { nodeFileSystem } from '../../src/storage/disk/node-file-system.ts'
import { eventually } from '../clients/eventually.ts'
import { type Answer, openUpload, send, storedBytes } from '../clients/session.ts'
import { type FaultyService, startFaultyService } from './faulty-service.ts'

/** Sends the request that publishes the object. */
type End = (url: string) => Promise<Answer>

const ENDS: Readonly<Record<string, { readonly sizeBytes: number; readonly end: End }>> = {
  // The upload of a small body has no log, that of a large body has one.
  'of a small body': {
    sizeBytes: 1000,
    end: (url) => send({ url, headers: { 'Content-Length': 1000 } }, piecesOf(1000)),
  },
  'of a large body': { sizeBytes: 2_000_000, end: (url) => send({ url }, piecesOf(2_000_000)) },
  'asked for by a status query': { sizeBytes: 2_000_000, end: endByQuery },
}

/** Sends all bytes without the end of the body. The object is created by a status query with the total. */
async function endByQuery(url: string): Promise<Answer> {
  const upload = openUpload({ url, headers: { 'Transfer-Encoding': 'chunked' } })
  await upload.write(piecesOf(2_000_000))
  upload.halfClose()
  await upload.closed
  await eventually('all bytes are kept', async () => (await storedBytes(url)) === 2_000_000)
  return send({ url, headers: { 'Content-Range': 'bytes */2000000' } })
}

async function* piecesOf(sizeBytes: number) {
  yield randomBytes(sizeBytes)
}

describe('a status query while the object is being published', () => {
  for (const [name, { sizeBytes, end }] of Object.entries(ENDS)) {
    it(`waits for the object and is answered with it: the end ${name}`, async () => {
      const reached = Promise.withResolvers<void>()
      const gate = Promise.withResolvers<void>()
      const service = await startFaultyService({
        ...nodeFileSystem,
        link: async (path, newPath) => {
          if (newPath.endsWith('.object')) {
            reached.resolve()
            await gate.promise
          }
          return nodeFileSystem.link(path, newPath)
        },
      })
      const raw = new DatabaseSync(service.databasePath)
      try {
        const url = await openSession(service, sizeBytes)
        const ending = end(url)
        await reached.promise
        const headers = { 'Content-Range': 'bytes */*', 'X-Goog-Hash': 'crc32c=AAAAAA==' }
        const asking = send({ url, headers })
        // From then on the query waits for the end of the upload.
        await eventually('the query has announced its hash', async () =>
          Boolean(raw.prepare('SELECT announced_crc32c AS hash FROM upload_sessions').get()?.hash),
        )
        gate.resolve()
        const [ended, asked] = await Promise.all([ending, asking])
        assert.equal(ended.status, 200)
        assert.equal(asked.status, 200)
        assert.deepEqual(JSON.parse(asked.body), JSON.parse(ended.body))
      } finally {
        gate.resolve()
        raw.close()
        await service.close()
      }
    })
  }
})

async function openSession(
  { url, organizationId, apiKey }: FaultyService,
  sizeBytes: number,
): Promise<string> {
  const facts = { filename: 'any.bin', file_size: sizeBytes, mime_type: 'application/octet-stream' }
  const response = await fetch(`${url}/v1/organizations/${organizationId}/files/upload-url`, {
    method: 'POST',
    headers: { 'X-API-Key': apiKey, 'Content-Type': 'application/json' },
    body: JSON.stringify(facts),
  })
  const { upload_url } = (await response.json()) as { upload_url: string }
  return upload_url
}

import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { DatabaseSync } from 'node:sqlite'
import { describe, it } from 'node:test'
import { nodeFileSystem } from '../../src/storage/disk/node-file-system.ts'
import { createCaller } from '../caller.ts'
import { eventually } from '../clients/eventually.ts'
import { startFaultyService } from './faulty-service.ts'

const BYTES = randomBytes(1000)

describe('a status query while the object is about to get its name', () => {
  // A small body has no log; a large one has.
  for (const [kind, sizeBytes] of [
    ['small', BYTES.length],
    ['large', 2_000_000],
  ] as const) {
    it(`is answered with the object, which it has waited for: a ${kind} body`, async () => {
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
      const caller = createCaller()
      const raw = new DatabaseSync(service.databasePath)
      try {
        const facts = { filename: 'any.bin', file_size: sizeBytes, mime_type: 'application/octet-stream' }
        const opened = await caller.call({
          method: 'POST',
          url: `${service.url}/v1/organizations/${service.organizationId}/files/upload-url`,
          headers: { 'X-API-Key': service.apiKey, 'Content-Type': 'application/json' },
          body: Buffer.from(JSON.stringify(facts)),
        })
        const url = JSON.parse(String(opened?.body)).upload_url
        const uploading = caller.call({ method: 'PUT', url, body: randomBytes(sizeBytes) })
        await reached.promise
        const headers = { 'Content-Range': 'bytes */*', 'X-Goog-Hash': 'crc32c=AAAAAA==' }
        const asking = caller.call({ method: 'PUT', url, headers })
        // From then on it waits for the upload's end.
        await eventually('the query has announced its hash', async () =>
          Boolean(raw.prepare('SELECT announced_crc32c AS hash FROM upload_sessions').get()?.hash),
        )
        gate.resolve()
        const [uploaded, asked] = await Promise.all([uploading, asking])
        assert.equal(uploaded?.status, 200)
        assert.equal(asked?.status, 200, `${asked?.status}`)
        assert.deepEqual(JSON.parse(String(asked.body)), JSON.parse(String(uploaded.body)))
      } finally {
        gate.resolve()
        raw.close()
        caller.close()
        await service.close()
      }
    })
  }
})

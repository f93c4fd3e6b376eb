import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { createApi } from '../clients/api.ts'
import { runWaybill, startServer } from '../start-server.ts'
import { BUCKET } from './exchange.ts'
import { type GoogleFixture, startGoogleFixture } from './google-fixture.ts'
import { createKeyFile, type KeyFile } from './key-file.ts'

describe('a start with the objects at Google', () => {
  let key: KeyFile
  let google: GoogleFixture
  let dataDir: string
  before(async () => {
    key = await createKeyFile()
    google = await startGoogleFixture(key)
    dataDir = await mkdtemp(join(tmpdir(), 'waybill-gcs-'))
  })
  after(async () => {
    await google.close()
    await key.remove()
    await rm(dataDir, { recursive: true })
  })
  const envOf = (bucket: string) => ({
    STORAGE_URL: `gs://${bucket}`,
    STORAGE_EMULATOR_HOST: google.url,
    GOOGLE_APPLICATION_CREDENTIALS: key.path,
  })

  it('ends with a clear message when the bucket does not exist', async () => {
    await assert.rejects(runWaybill(dataDir, ['serve'], envOf('another-bucket')), {
      code: 1,
      stderr:
        /STORAGE_URL or DATA_DIR \(gs:\/\/another-bucket\/\) cannot be used: .*the bucket another-bucket does not exist/,
    })
  })

  it('ends with a clear message when the account may not use the bucket', async () => {
    google.fail({ times: 1, matches: () => true, how: 403, message: 'no access' })
    await assert.rejects(runWaybill(dataDir, ['serve'], envOf(BUCKET)), {
      code: 1,
      stderr: /grant it storage\.objects\.get on the bucket, with the role roles\/storage\.objectUser/,
    })
  })

  it('answers "gone" for a session that was opened when the objects were on a disk', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'waybill-moved-'))
    const uriOf = async () => {
      const server = await startServer({ dataDir })
      const { upload_url } = await createApi(() => server).uploadUrl('a.bin', 3)
      await server.kill('SIGTERM')
      return new URL(upload_url)
    }
    const { pathname, search } = await uriOf()
    const server = await startServer({ dataDir, env: envOf(BUCKET) })
    try {
      for (const method of ['PUT', 'DELETE']) {
        const answer = await fetch(server.url + pathname + search, { method })
        assert.equal(answer.status, 410)
        assert.equal(((await answer.json()) as { error: { code: number } }).error.code, 410)
      }
    } finally {
      await server.stop()
      await rm(dataDir, { recursive: true })
    }
  })

  it('does not wait for an unavailable Google, and works after its recovery', async () => {
    google.fail({ times: 1000, matches: () => true, how: 503 })
    const server = await startServer({ env: envOf(BUCKET) })
    try {
      const api = createApi(() => server)
      assert.equal((await api.call('GET', '/files')).status, 200)
      google.mend()
      const ticket = await api.uploadUrl('a.bin', 3)
      await fetch(ticket.upload_url, { method: 'PUT', body: 'abc' })
      await api.register(ticket, 'a.bin', 3)
    } finally {
      await server.stop()
    }
  })
})

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { openStorage } from '../../src/compose/open-storage.ts'
import { createClient, type FileObject, textFile } from '../api/client.ts'
import { createApi } from '../clients/api.ts'
import { type GoogleServer, startGoogleServer } from '../gcs/google-server.ts'
import { loseDatabase } from '../lose-database.ts'
import { databaseOf } from '../postgres/database-of.ts'
import { startApp } from '../start-app.ts'
import { listeningUrl, runWaybill, spawnWaybill } from '../start-server.ts'

const REFUSED =
  /the database has no organization, and the storage (holds files|belongs to another installation): the database is lost/i

async function refusesToStart(dataDir: string): Promise<void> {
  await assert.rejects(startApp({ dataDir }), { message: REFUSED })
}

/** Asserts that the programs of an operator refuse too. */
async function programsRefuse(dataDir: string, env: Record<string, string> = {}): Promise<void> {
  await Promise.all(
    [['serve'], ['organizations', 'create', '--name', 'Anew']].map((command) =>
      assert.rejects(runWaybill(dataDir, command, { PORT: '0', ...env }), { code: 1, stderr: REFUSED }),
    ),
  )
}

async function startsOnce(dataDir: string, options: readonly string[]): Promise<void> {
  const child = spawnWaybill(dataDir, ['serve', ...options], await databaseOf(dataDir).create())
  const exited = once(child, 'exit')
  try {
    await listeningUrl(child)
  } finally {
    child.kill('SIGKILL')
    await exited
  }
}

describe('a lost database', () => {
  let dataDir: string
  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'waybill-lost-'))
  })
  afterEach(async () => {
    await rm(dataDir, { recursive: true, force: true })
    await databaseOf(dataDir).remove()
  })

  const makeFile = async (): Promise<FileObject> => {
    const app = await startApp({ dataDir })
    const file = await createClient(app).uploadFile(textFile())
    await app.stop()
    return file
  }

  for (const [what, owner] of [
    ['that knows its owner', true],
    ['that no sweep has come to', false],
  ] as const) {
    it(`is detected beside a storage with files ${what}`, async () => {
      await makeFile()
      if (owner) await runWaybill(dataDir, ['sweep'])
      else await rm(join(dataDir, 'objects', 'OWNER'), { force: true })
      await loseDatabase(dataDir)
      await programsRefuse(dataDir)
      const [finding] = JSON.parse(await runWaybill(dataDir, ['sweep', '--json']))
      assert.equal(finding.kind, 'foreign-storage')
      await refusesToStart(dataDir)
    })
  }

  it('is detected beside an unfinished upload', async () => {
    const app = await startApp({ dataDir })
    const upload = await createClient(app).startUpload(textFile('large.txt', 'x'.repeat(1000)))
    const part = { method: 'PUT', body: 'x'.repeat(10), headers: { 'content-range': 'bytes 0-9/1000' } }
    await fetch(upload.uploadUrl, part)
    await app.stop()
    await loseDatabase(dataDir)
    await refusesToStart(dataDir)
  })

  it('can be replaced by a new one with a flag, and then no sweep removes the existing files', async () => {
    const file = await makeFile()
    await rm(join(dataDir, 'objects', 'OWNER'), { force: true })
    await loseDatabase(dataDir)
    await startsOnce(dataDir, ['--new-installation'])
    await startsOnce(dataDir, [])
    const findings = JSON.parse(await runWaybill(dataDir, ['sweep', '--json']))
    assert.deepEqual(
      findings.map(({ kind }: { kind: string }) => kind),
      ['foreign-storage'],
    )
    const storage = await openStorage({ kind: 'disk', directory: join(dataDir, 'objects') })
    assert.equal((await storage.stat(file.storage_path))?.sizeBytes, file.file_size)
  })

  it('is not reported for a new installation', async () => {
    for (let start = 0; start < 2; start++) await startsOnce(dataDir, [])
  })
})

describe('a lost database beside objects at Google', () => {
  let all: GoogleServer
  beforeEach(async () => {
    all = await startGoogleServer()
  })
  afterEach(() => all?.stop())

  it('is detected', async () => {
    const { server, env } = all
    const api = createApi(() => server)
    const ticket = await api.uploadUrl('a.bin', 3)
    await fetch(ticket.upload_url, { method: 'PUT', body: 'abc' })
    await api.register(ticket, 'a.bin', 3)
    await server.kill('SIGKILL')
    await loseDatabase(server.dataDir)
    await programsRefuse(server.dataDir, env)
  })
})

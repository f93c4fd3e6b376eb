import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { dirname, join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { MIME_TYPE } from '../../../server/test/clients/api.ts'
import { eventually } from '../../../server/test/clients/eventually.ts'
import { createScratchFolder } from '../../../server/test/clients/random-file.ts'
import { missingProgram } from '../../../server/test/clients/run-program.ts'
import { runWaybill, startServer, type TestServer } from '../../../server/test/start-server.ts'
import { blockOfPage } from './production-page.ts'
import { createRetryingClient, type RetryingClient, type StoredFile } from './retrying-client.ts'

const ROOT = fileURLToPath(new URL('../../../..', import.meta.url))
const UPLOADERS = 4
const SEED_FILES = 20
const skip = await missingProgram('sqlite3')

describe('a backup by the commands of docs/production.md, made under load', { skip }, () => {
  let folder: Awaited<ReturnType<typeof createScratchFolder>>
  let server: TestServer
  let restored: TestServer
  /** Acknowledged before the backup began, and not deleted since. */
  let kept: StoredFile[]
  /** Deleted while the backup was made. */
  let deleted: Set<string>
  let unfinished: string
  let client: RetryingClient

  before(async () => {
    folder = await createScratchFolder()
    server = await startServer({ env: { UPLOAD_CHECKSUMS: 'sha256' } })
    const loaded = await backUpUnderLoad()
    kept = loaded.kept
    deleted = loaded.deleted
    await server.kill('SIGKILL')
    await shell('Restore', restoredDirectory())
    restored = await startServer({ dataDir: restoredDirectory() })
    const { organizationId, apiKey } = server
    client = createRetryingClient(() => ({ url: restored.url, organizationId, apiKey }))
  })
  after(async () => {
    await restored?.stop()
    await server?.stop()
    await folder?.remove()
  })

  const restoredDirectory = () => join(folder.path, 'restored')
  const shell = async (heading: string, dataDirectory: string) => {
    const env = {
      ...process.env,
      PATH: `${dirname(process.execPath)}:${process.env.PATH}`,
      DATA_DIR: dataDirectory,
      BACKUP: join(folder.path, 'backup'),
    }
    // Before each command some time goes by, in which files come and go.
    const commands = `trap 'sleep 0.3' DEBUG; ${await blockOfPage(heading, 'sh')}`
    await promisify(execFile)('bash', ['-e', '-c', commands], { env, cwd: ROOT })
  }

  async function backUpUnderLoad() {
    const load = createRetryingClient(() => server)
    const seeds: StoredFile[] = []
    for (let file = 0; file < SEED_FILES; file++) seeds.push(await load.upload(1 + file * 100_000))
    // Every second seed is deleted while the backup is made. The Files that share their bytes stay.
    const shared: StoredFile[] = []
    for (let seed = 0; seed < SEED_FILES; seed += 2) {
      const sizeBytes = 1 + seed * 100_000
      shared.push(await shareBytes(server, seeds[seed]?.sha256 ?? '', sizeBytes))
    }
    unfinished = await leaveUnfinished(server)
    const gone = new Set<string>()
    let isBackingUp = false
    let isOver = false
    let uploads = 0
    const uploaders = Array.from({ length: UPLOADERS }, async (_, uploader) => {
      // One of them deletes what was there before, so that files go while they are copied.
      while (!isOver) {
        const seed = uploader === 0 && isBackingUp ? seeds[gone.size * 2] : undefined
        if (seed !== undefined) {
          gone.add(seed.id)
          await load.remove(seed.id)
        }
        await load.upload(600_000)
        uploads++
      }
    })
    await eventually('the load runs', () => uploads > UPLOADERS)
    isBackingUp = true
    await shell('Backup', server.dataDir)
    isOver = true
    await Promise.all(uploaders)
    return { kept: [...shared, ...seeds.filter(({ id }) => !gone.has(id))], deleted: gone }
  }

  it('has every file that was acknowledged before it began, by its checksum', async () => {
    assert.ok(kept.length >= SEED_FILES / 2)
    for (const { id, sha256 } of kept) assert.equal(await client.download(id), sha256)
  })

  it('has no file without bytes but those that were deleted meanwhile, and a sweep names them', async () => {
    const findings = JSON.parse(await runWaybill(restoredDirectory(), ['sweep', '--dry-run', '--json']))
    for (const { kind, name } of findings) {
      // The name that an object's bytes had before they were whole, copied in the moment of the change.
      if (kind === 'orphan') continue
      // A file's record is deleted before its bytes, and the copy may have come in between.
      assert.ok(['missing-object', 'object'].includes(kind), `${kind} ${name}`)
      assert.ok(
        [...deleted].some((id) => name.includes(id)),
        name,
      )
    }
  })

  it('loses nothing to a sweep', async () => {
    await runWaybill(restoredDirectory(), ['sweep'])
    for (const { id, sha256 } of kept) assert.equal(await client.download(id), sha256)
  })

  it('lets an upload that was under way begin anew', async () => {
    const uri = `${restored.url}${new URL(unfinished).pathname}${new URL(unfinished).search}`
    const put = (range: string, body?: Uint8Array<ArrayBuffer>) =>
      fetch(uri, {
        method: 'PUT',
        headers: { 'content-range': range },
        redirect: 'manual',
        body: body ?? null,
      })
    const asked = await put('bytes */*')
    assert.deepEqual([asked.status, asked.headers.get('range')], [308, null])
    const sent = await put('bytes 0-524287/524288', new Uint8Array(524_288))
    assert.equal(sent.status, 200)
  })
})

/** A File with stored bytes. */
async function shareBytes(
  { baseUrl, apiKey }: TestServer,
  sha256: string,
  sizeBytes: number,
): Promise<StoredFile> {
  const opened = await fetch(`${baseUrl}/files/upload-url`, {
    method: 'POST',
    headers: { 'x-api-key': apiKey, 'content-type': 'application/json' },
    body: JSON.stringify({ filename: 'shared.bin', file_size: sizeBytes, mime_type: MIME_TYPE, sha256 }),
  })
  const { already_stored, file_id } = (await opened.json()) as { already_stored: boolean; file_id: string }
  assert.equal(already_stored, true)
  return { id: file_id, sha256 }
}

/** An upload with half of its bytes; its URI. */
async function leaveUnfinished({ baseUrl, apiKey }: TestServer): Promise<string> {
  const opened = await fetch(`${baseUrl}/files/upload-url`, {
    method: 'POST',
    headers: { 'x-api-key': apiKey, 'content-type': 'application/json' },
    body: JSON.stringify({ filename: 'half.bin', file_size: 524_288, mime_type: MIME_TYPE }),
  })
  const { upload_url } = (await opened.json()) as { upload_url: string }
  const sent = await fetch(upload_url, {
    method: 'PUT',
    headers: { 'content-range': 'bytes 0-262143/524288' },
    redirect: 'manual',
    body: new Uint8Array(262_144),
  })
  assert.equal(sent.headers.get('range'), 'bytes=0-262143')
  return upload_url
}

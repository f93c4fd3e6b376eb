import assert from 'node:assert/strict'
import { once } from 'node:events'
import { existsSync, statSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, it } from 'node:test'
import { setImmediate, setTimeout } from 'node:timers/promises'
import { createSeededRandom } from '../../seeded-random.ts'
import { listeningUrl, runWaybill, spawnWaybill } from '../../start-server.ts'

/** More in the long mode. */
const ROUNDS = Number(process.env.KILL_FIRST_STARTS ?? 2)
const SEED = Number(process.env.KILL_SEED ?? Date.now() % 1_000_000)

/** Usual number of changes of the folder in a first start. */
const MAX_CHANGES = 6
const MAX_LATE_MS = 3

describe('a first start that is killed while it creates the database', () => {
  it(`is completed by the next start (seed ${SEED})`, async () => {
    const random = createSeededRandom(SEED)
    const moments = new Map<string, number>()
    for (let round = 1; round <= ROUNDS; round++) {
      const dataDir = await mkdtemp(join(tmpdir(), 'waybill-first-'))
      try {
        const killed = await startUntil(
          dataDir,
          random.integer(1, MAX_CHANGES),
          random.integer(0, MAX_LATE_MS),
        )
        moments.set(killed.moment, (moments.get(killed.moment) ?? 0) + 1)
        await assertStarts(dataDir, killed.key)
        assertSound(dataDir)
      } finally {
        await rm(dataDir, { recursive: true, force: true })
      }
    }
    const counts = [...moments].map(([moment, count]) => `${count} ${moment}`).join(', ')
    console.log(`kill -9 in a first start: ${ROUNDS} rounds, 0 losses; killed ${counts} (seed ${SEED})`)
  })
})

/** Kills a first start soon after `changes` changes of its folder. A key that it had announced must work. */
async function startUntil(
  dataDir: string,
  changes: number,
  lateMs: number,
): Promise<{ key: string | null; moment: string }> {
  const child = spawnWaybill(dataDir, ['serve'])
  const exited = once(child, 'exit')
  let output = ''
  child.stdout.on('data', (text) => {
    output += text
  })
  let known = lookOf(dataDir)
  let left = changes
  while (left > 0 && !output.includes('"listening"')) {
    const now = lookOf(dataDir)
    if (now !== known) left--
    known = now
    await setImmediate()
  }
  if (lateMs > 0) await setTimeout(lateMs)
  child.kill('SIGKILL')
  await exited
  return { key: await keptKey(dataDir, output), moment: momentOf(dataDir, output) }
}

/** Returns the files of the folder with their sizes. Synchronous, because a migration takes only milliseconds. */
function lookOf(dataDir: string): string {
  const sizes = ['waybill.db', 'waybill.db-journal', 'waybill.db-wal'].map(
    (name) => statSync(join(dataDir, name), { throwIfNoEntry: false })?.size,
  )
  const objects = join(dataDir, 'objects')
  return `${sizes} ${existsSync(objects)} ${existsSync(join(objects, 'FORMAT'))}`
}

function momentOf(dataDir: string, output: string): string {
  if (output.includes('"listening"')) return 'when it listened'
  const version = schemaVersion(dataDir)
  if (version === null) return 'before there was a database'
  return version === 0 ? 'before the migration was committed' : 'after the migration'
}

function schemaVersion(dataDir: string): number | null {
  try {
    const database = new DatabaseSync(join(dataDir, 'waybill.db'), { readOnly: true })
    const version = Number(database.prepare('PRAGMA user_version').get()?.user_version)
    database.close()
    return version
  } catch {
    return null
  }
}

/** Returns the key in the file that the welcome text names; null when the process did not print it. */
async function keptKey(dataDir: string, output: string): Promise<string | null> {
  assert.doesNotMatch(output, /oak_live_/)
  const path = join(dataDir, 'first-admin-key')
  return output.includes(`  ${path}\n`) ? (await readFile(path, 'utf8')).trim() : null
}

/** Asserts that the installation starts with one organization, and that the first announced key, if any, works. */
async function assertStarts(dataDir: string, firstKey: string | null): Promise<void> {
  const child = spawnWaybill(dataDir, ['serve'], { LOG_LEVEL: 'info' })
  const exited = once(child, 'exit')
  let output = ''
  child.stdout.on('data', (text) => {
    output += text
  })
  try {
    const url = await listeningUrl(child)
    const newKey = await keptKey(dataDir, output)
    const key = firstKey ?? newKey ?? (await makeKey(dataDir))
    if (firstKey !== null) assert.equal(newKey, null, 'a second key was made')
    await assertServes(`${url}/v1/organizations/org_default`, key)
  } finally {
    child.kill('SIGKILL')
    await exited
  }
}

/** Creates a key as the operator, for an organization whose first key was lost. */
async function makeKey(dataDir: string): Promise<string> {
  const options = ['--organization', 'org_default', '--name', 'Second', '--scopes', 'admin', '--json']
  return JSON.parse(await runWaybill(dataDir, ['keys', 'create', ...options])).key
}

async function assertServes(baseUrl: string, key: string): Promise<void> {
  const form = new FormData()
  form.append('file', new Blob(['a first file\n'], { type: 'text/plain' }), 'first.txt')
  const headers = { 'X-API-Key': key }
  const uploaded = await fetch(`${baseUrl}/files/upload`, { method: 'POST', headers, body: form })
  assert.equal(uploaded.status, 201, await uploaded.text())
  const listed = await fetch(`${baseUrl}/files`, { headers })
  assert.equal(((await listed.json()) as { total: number }).total, 1)
}

function assertSound(dataDir: string): void {
  const database = new DatabaseSync(join(dataDir, 'waybill.db'))
  assert.deepEqual({ ...database.prepare('PRAGMA integrity_check').get() }, { integrity_check: 'ok' })
  const organizations = database.prepare('SELECT id FROM organizations').all()
  assert.deepEqual(
    organizations.map(({ id }) => id),
    ['org_default'],
  )
  database.close()
}

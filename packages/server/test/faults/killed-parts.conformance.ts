import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { describe, it } from 'node:test'
import { openStorage } from '../../src/compose/open-storage.ts'
import type { StorageChoice } from '../../src/config.ts'
import { NO_HASHES } from '../../src/domain/uploads/upload-session.ts'
import { crc32c, crc32cToBase64 } from '../../src/platform/crc32c.ts'
import type { HostedStorage } from '../../src/storage/object-storage.ts'
import { createSeededRandom } from '../seeded-random.ts'
import { contentOfPart, copyOf, objectOfRound, PART_IDS } from './parts-of-round.ts'

export type HostedChoice = Exclude<StorageChoice, { kind: 'gcs' | 'memory' }>

/** More in the long mode. */
const ROUNDS = Number(process.env.KILL_PARTS_ROUNDS ?? 4)
const SEED = Number(process.env.KILL_SEED ?? Date.now() % 1_000_000)
const WRITER = join(import.meta.dirname, 'write-parts.ts')

/** Tests a process whose storage is `choice`, which is shared by one process after the other. */
export function describeKilledParts(kind: string, choice: () => Promise<HostedChoice>): void {
  describe(`a process that is killed while it stores and copies parts ${kind} (seed ${SEED})`, () => {
    it('keeps every acknowledged part, object and copy, and the next process completes the rest', async () => {
      const chosen = await choice()
      const random = createSeededRandom(SEED)
      let steps = 0
      for (let round = 0; round < ROUNDS; round++) {
        const lines = random.integer(1, 40)
        const told = await writeUntilKilled(chosen, String(round), lines, random.integer(0, 3000))
        steps += told.length
        const storage = await openStorage(chosen)
        await assertKept(storage, String(round), told)
        await storage.close()
      }
      console.log(
        `killed parts ${kind}: ${ROUNDS} rounds, ${steps} acknowledged steps, 0 losses (seed ${SEED})`,
      )
    })
  })
}

/** Returns the lines of a writer that is killed so many microseconds after this number of lines. */
async function writeUntilKilled(
  choice: HostedChoice,
  round: string,
  lines: number,
  microseconds: number,
): Promise<string[]> {
  const writer = spawn(process.execPath, [WRITER, round], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, STORAGE_CHOICE: JSON.stringify(choice) },
  })
  const ended = once(writer, 'exit')
  const told: string[] = []
  for await (const line of createInterface({ input: writer.stdout })) {
    told.push(line)
    if (told.length === lines) {
      spin(microseconds)
      writer.kill('SIGKILL')
    }
  }
  await ended
  return told
}

/** Passes less time than a timer can. */
function spin(microseconds: number): void {
  const until = process.hrtime.bigint() + BigInt(microseconds) * 1000n
  while (process.hrtime.bigint() < until) {
    // The writer goes on meanwhile.
  }
}

/** Checks every object up to the first one of which nothing is stored. */
async function assertKept(storage: HostedStorage, round: string, told: readonly string[]): Promise<void> {
  assert.ok(
    told.every((line) => /^(part|object|copy) /.test(line)),
    told.join(', '),
  )
  const uploads = new Set(told.map((line) => Number(line.split(' ')[1])))
  for (let upload = 0; upload <= Math.max(...uploads) + 1; upload++) {
    const name = objectOfRound(round, upload)
    const isComplete = (await storage.stat(name)) !== null
    assert.ok(isComplete || !told.includes(`object ${upload}`), `${name} was acknowledged`)
    if (!isComplete)
      await completeRest(storage, name, new Set(told.filter((line) => line.startsWith(`part ${upload} `))))
    const content = Buffer.concat(PART_IDS.map((partId) => contentOfPart(name, partId)))
    assert.ok(content.equals(await buffer(await storage.read(name))), `${name} has other bytes`)
    await assertCopy(storage, name, content, told.includes(`copy ${upload}`))
  }
}

/** Checks the copy, which the next process makes unless it is complete, and that it needs its source no more. */
async function assertCopy(
  storage: HostedStorage,
  sourceName: string,
  content: Buffer,
  isAcknowledged: boolean,
): Promise<void> {
  const name = copyOf(sourceName)
  assert.ok(!isAcknowledged || (await storage.stat(name)) !== null, `${name} was acknowledged`)
  const source = (await storage.stat(sourceName)) ?? assert.fail(`${sourceName} is missing`)
  assert.ok(await storage.copy({ name, contentType: 'application/octet-stream' }, source))
  await storage.remove(sourceName)
  assert.ok(content.equals(await buffer(await storage.read(name))), `${name} has other bytes`)
  await storage.remove(name)
}

/** Sends the missing parts, and completes the upload. */
async function completeRest(
  storage: HostedStorage,
  name: string,
  acknowledged: ReadonlySet<string>,
): Promise<void> {
  const stored = new Map((await storage.parts.list(name)).map((part) => [part.partId, part]))
  for (const line of acknowledged)
    assert.ok(stored.has(line.split(' ')[2] ?? ''), `${line} of ${name} is lost`)
  for (const partId of PART_IDS) {
    const content = contentOfPart(name, partId)
    const part = stored.get(partId)
    if (part !== undefined) assert.equal(part.crc32c, crc32cToBase64(crc32c(content)))
    else {
      const body = Readable.from([Buffer.from(content)], { objectMode: false })
      const written = await storage.parts.write({ name, partId }, body, { maxBytes: content.length })
      assert.equal(written.kind, 'part')
    }
  }
  const spec = { name, contentType: 'application/octet-stream' }
  const choices = PART_IDS.map((partId) => ({ partId, version: null }))
  assert.equal((await storage.parts.complete(spec, choices, NO_HASHES)).kind, 'object')
}

// Runs the model server of the tests, which answers every request at once, in a process of its own: prints its URL.
import { createHash } from 'node:crypto'
import { startScriptedModelServer } from '../../packages/server/test/models/scripted-model-server.ts'
import { createSeededRandom } from '../../packages/server/test/seeded-random.ts'

const DIMENSIONS = 384

const server = await startScriptedModelServer({ embed: toVector })
console.log(server.url)

/** Returns a vector without a meaning, always the same for a text. */
function toVector(text: unknown): readonly number[] {
  const random = createSeededRandom(createHash('sha256').update(String(text)).digest().readUInt32LE())
  return Array.from({ length: DIMENSIONS }, () => random.integer(-1000, 1000) / 1000)
}

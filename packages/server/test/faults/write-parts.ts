// Stores parts of objects in the storage of STORAGE_CHOICE, joins them and copies the objects until it is killed, and prints a line after each acknowledged step.
import { Readable } from 'node:stream'
import { openStorage } from '../../src/compose/open-storage.ts'
import { NO_HASHES } from '../../src/domain/uploads/upload-session.ts'
import type { HostedChoice } from './killed-parts.conformance.ts'
import { contentOfPart, copyOf, objectOfRound, PART_IDS } from './parts-of-round.ts'

const [round = ''] = process.argv.slice(2)
const storage = await openStorage(JSON.parse(process.env.STORAGE_CHOICE ?? '') as HostedChoice)

for (let upload = 0; ; upload++) {
  const name = objectOfRound(round, upload)
  await Promise.all(
    PART_IDS.map(async (partId) => {
      const content = contentOfPart(name, partId)
      const body = Readable.from([content], { objectMode: false })
      const { kind } = await storage.parts.write({ name, partId }, body, { maxBytes: content.length })
      console.log(`${kind} ${upload} ${partId}`)
    }),
  )
  const parts = PART_IDS.map((partId) => ({ partId, version: null }))
  const spec = { name, contentType: 'application/octet-stream' }
  const completed = await storage.parts.complete(spec, parts, NO_HASHES)
  console.log(`${completed.kind} ${upload}`)
  if (completed.kind !== 'object') continue
  const copy = await storage.copy({ ...spec, name: copyOf(name) }, completed.object)
  console.log(`${copy === null ? 'missing' : 'copy'} ${upload}`)
}

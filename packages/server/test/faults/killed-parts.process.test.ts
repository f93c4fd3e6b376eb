import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { after } from 'node:test'
import { memoryFolder } from '../memory-folder.ts'
import { describeKilledParts } from './killed-parts.conformance.ts'

const folder = await mkdtemp(join(await memoryFolder(), 'waybill-killed-parts-'))
after(() => rm(folder, { recursive: true, force: true }))

describeKilledParts('on a disk', async () => ({ kind: 'disk', directory: folder }))

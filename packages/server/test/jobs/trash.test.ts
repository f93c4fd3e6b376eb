import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { jobCaller } from '../../src/domain/access/caller.ts'
import type { JobRuns } from '../../src/jobs/periodic/run-periodically.ts'
import { startEmptyingTrash } from '../../src/jobs/tasks/start-emptying-trash.ts'
import { purgeFile } from '../../src/operations/files/delete-file.ts'
import { restoreFile } from '../../src/operations/files/restore-file.ts'
import { trashFile } from '../../src/operations/files/trash-file.ts'
import { eventually } from '../clients/eventually.ts'
import { createInstallation, type Installation } from './installation.ts'

const TRASH_MS = 7 * 24 * 60 * 60 * 1000
/** More than one query lists. */
const FILES = 120

describe('the trash', () => {
  let installation: Installation
  beforeEach(async () => {
    installation = await createInstallation()
  })
  afterEach(() => installation.close())

  const isThere = async (fileId: string) => {
    const { files } = installation.context.database
    return (await files.findTrashed(installation.organizationId, fileId)) !== null
  }
  /** Runs the job until the condition is true. */
  const emptyUntil = async (what: string, isTrue: (runs: JobRuns) => Promise<boolean>) => {
    const job = startEmptyingTrash(installation.context, TRASH_MS, { warn: assert.fail, info: () => {} })
    try {
      await eventually(what, () => isTrue(job.runs()))
    } finally {
      await job.stop()
    }
  }

  it('loses its files with their bytes and space when they have been in it for long enough', async () => {
    const { context, caller, clock, register, complete, usage, filesOnDisk, sweep } = installation
    const ids: string[] = []
    for (let count = 0; count < FILES; count++) ids.push((await register(await complete())).id)
    for (const id of ids) await trashFile(context, caller, id)
    clock.aheadMs = TRASH_MS - 60_000
    await emptyUntil('the job has run', async ({ succeededAtMs }) => succeededAtMs !== null)
    await sweep()
    assert.ok(await isThere(ids[0] ?? ''))
    assert.equal((await filesOnDisk()).length, FILES)
    clock.aheadMs = TRASH_MS + 60_000
    await emptyUntil('all space is released', async () => (await usage()).used === 0)
    assert.deepEqual(await filesOnDisk(), [])
  })

  it('keeps a file that was restored and moved again while the job was about to delete it', async () => {
    const { context, caller, organizationId, clock, register, complete } = installation
    const { id } = await register(await complete())
    await trashFile(context, caller, id)
    clock.aheadMs = TRASH_MS + 60_000
    const due = { organizationId, id, trashedBeforeMs: context.now() - TRASH_MS }
    await restoreFile(context, caller, id)
    assert.equal(await purgeFile(context, jobCaller('trash'), due), false)
    await trashFile(context, caller, id)
    assert.equal(await purgeFile(context, jobCaller('trash'), due), false)
    assert.ok(await isThere(id))
  })
})

import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { deleteFile } from '../../src/operations/files/delete-file.ts'
import { cancelBySessionUri } from '../../src/operations/uploads/cancel-upload-session.ts'
import type { HostingContext } from '../../src/operations/uploads/hosting-context.ts'
import { createInstallation, type Installation, SIZE_BYTES, type Upload } from '../jobs/installation.ts'

const REQUEST = { traceId: 'cancel', clientAddress: '192.0.2.1' }

interface Race {
  readonly first: string
  /** Ends the session between the read of the open session and its cancellation in the database. */
  readonly end: (installation: Installation, upload: Upload) => Promise<unknown>
  readonly answer: string
  readonly outcome: string
  readonly usedBytes: number
}

const finish = async ({ send, register }: Installation, upload: Upload) => {
  await send(upload, SIZE_BYTES, 262_144)
  return register(upload)
}

const RACES: readonly Race[] = [
  {
    first: 'a register',
    end: finish,
    answer: 'object',
    outcome: 'FILE_ALREADY_REGISTERED',
    usedBytes: SIZE_BYTES,
  },
  {
    first: 'a register and the deletion of the file',
    end: async (installation, upload) => {
      const file = await finish(installation, upload)
      await deleteFile(installation.context, installation.caller, file.id)
    },
    answer: 'unknown',
    outcome: 'FILE_ALREADY_REGISTERED',
    usedBytes: 0,
  },
  {
    first: 'the end of its time',
    end: async ({ context, organizationId }, { session }) => {
      const { uploadSessions } = context.database
      await uploadSessions.expire(organizationId, session.fileId, session.expiresAtMs)
    },
    answer: 'expired',
    outcome: 'UPLOAD_SESSION_EXPIRED',
    usedBytes: 0,
  },
  {
    first: 'another cancel',
    end: async ({ context, organizationId }, { session }) => {
      await context.database.uploadSessions.cancel(organizationId, session.fileId, context.now())
    },
    answer: 'cancelled',
    outcome: 'ok',
    usedBytes: 0,
  },
]

describe('a DELETE of a session URI', () => {
  let installation: Installation
  beforeEach(async () => {
    installation = await createInstallation()
  })
  afterEach(() => installation.close())

  /** Returns a context whose database runs `meanwhile` before it cancels. */
  const withMeanwhile = (meanwhile: () => Promise<unknown>): HostingContext => {
    const { database } = installation.context
    const cancel: typeof database.uploadSessions.cancel = async (...of) => {
      await meanwhile()
      return database.uploadSessions.cancel(...of)
    }
    const uploadSessions = { ...database.uploadSessions, cancel }
    return { ...installation.context, database: { ...database, uploadSessions } }
  }

  for (const { first, end, answer, outcome, usedBytes } of RACES) {
    it(`answers ${answer} and records ${outcome} when ${first} comes first`, async () => {
      const upload = await installation.unfinished()
      const context = withMeanwhile(() => end(installation, upload))
      const cancelled = await cancelBySessionUri(context, upload.uploadId, REQUEST)
      assert.equal(cancelled.answer.kind, answer)
      const rows = await installation.context.database.audit.list(null, 10)
      const ofCancel = rows.filter(({ action }) => action === 'cancelUploadSession')
      assert.deepEqual(
        ofCancel.map(({ actor, target, outcome }) => ({ actor, target, outcome })),
        [{ actor: null, target: upload.session.fileId, outcome }],
      )
      assert.deepEqual(await installation.usage(), { used: usedBytes, reserved: 0 })
    })
  }
})

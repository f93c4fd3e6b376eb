import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { openDatabase } from '../../src/compose/open-database.ts'
import { openStorage } from '../../src/compose/open-storage.ts'
import type { Database } from '../../src/database/database.ts'
import {
  type Caller,
  callerOfUrl,
  jobCaller,
  operatorCaller,
  type RequiredScope,
} from '../../src/domain/access/caller.ts'
import { ServiceError } from '../../src/domain/errors.ts'
import { type Audit, createAudit } from '../../src/operations/access/audit.ts'
import { cancelRevokedSessions } from '../../src/operations/access/cancel-revoked-sessions.ts'
import { createApiKey } from '../../src/operations/access/create-api-key.ts'
import { deactivateApiKey } from '../../src/operations/access/deactivate-api-key.ts'
import { deleteApiKey } from '../../src/operations/access/delete-api-key.ts'
import { rotateDownloadSecret } from '../../src/operations/access/download-secret.ts'
import { getApiKey } from '../../src/operations/access/get-api-key.ts'
import { listApiKeys } from '../../src/operations/access/list-api-keys.ts'
import { rotateApiKey } from '../../src/operations/access/rotate-api-key.ts'
import { activateApiKey, pauseApiKey, unpauseApiKey } from '../../src/operations/access/set-api-key-state.ts'
import { updateApiKey } from '../../src/operations/access/update-api-key.ts'
import { defineOperation, type TakeEvent } from '../../src/operations/define-operation.ts'
import { deleteFile, deleteOrPurgeFile, purgeFile } from '../../src/operations/files/delete-file.ts'
import { downloadFile } from '../../src/operations/files/download-file.ts'
import { getFile } from '../../src/operations/files/get-file.ts'
import { getFileContent } from '../../src/operations/files/get-file-content.ts'
import { indexFiles } from '../../src/operations/files/index-files.ts'
import { listFiles } from '../../src/operations/files/list-files.ts'
import { registerFile } from '../../src/operations/files/register-file.ts'
import { registerCompleteUpload } from '../../src/operations/files/register-when-complete.ts'
import { releaseExpiredReservations } from '../../src/operations/files/reserve-uploads.ts'
import { restoreFile } from '../../src/operations/files/restore-file.ts'
import { searchFiles } from '../../src/operations/files/search-files.ts'
import { trashFile } from '../../src/operations/files/trash-file.ts'
import { updateFile } from '../../src/operations/files/update-file.ts'
import { uploadFiles } from '../../src/operations/files/upload-files.ts'
import { forgetRecords } from '../../src/operations/installation/forget-records.ts'
import { recountSessions } from '../../src/operations/installation/recount-sessions.ts'
import { resetClock } from '../../src/operations/installation/reset-clock.ts'
import { createOrganization } from '../../src/operations/organizations/create-organization.ts'
import { getOrganization } from '../../src/operations/organizations/get-organization.ts'
import { listOrganizations } from '../../src/operations/organizations/list-organizations.ts'
import {
  resumeOrganization,
  suspendOrganization,
  updateOrganization,
} from '../../src/operations/organizations/update-organization.ts'
import { createShareLink } from '../../src/operations/share-links/create-share-link.ts'
import { deleteShareLink } from '../../src/operations/share-links/delete-share-link.ts'
import { downloadSharedFile } from '../../src/operations/share-links/download-shared-file.ts'
import { listShareLinks } from '../../src/operations/share-links/list-share-links.ts'
import { cancelUpload } from '../../src/operations/uploads/cancel-upload.ts'
import { cancelUploadSession } from '../../src/operations/uploads/cancel-upload-session.ts'
import { completeDirectUpload } from '../../src/operations/uploads/complete-direct-upload.ts'
import { createUploadSession } from '../../src/operations/uploads/create-upload-session.ts'
import { createUploadUrl } from '../../src/operations/uploads/create-upload-url.ts'
import { deleteOrphan } from '../../src/operations/uploads/delete-orphan.ts'
import { deleteRemainingUpload } from '../../src/operations/uploads/delete-upload-bytes.ts'
import { expireUpload } from '../../src/operations/uploads/expire-upload.ts'
import { createUploadList } from '../../src/operations/uploads/list-uploads.ts'
import { signUploadParts } from '../../src/operations/uploads/sign-upload-parts.ts'

const NO_SCOPES: Caller = {
  organizationId: 'org_1',
  actor: { kind: 'key', id: 'ak_1', generation: 0 },
  scopes: [],
  request: { traceId: 'trace', clientAddress: '192.0.2.1' },
}
const OF_ADMIN: Caller = { ...NO_SCOPES, scopes: ['admin'] }

const FILES = [
  ...[deleteFile, deleteOrPurgeFile, getFile, getFileContent, listFiles, registerFile, restoreFile],
  ...[searchFiles, trashFile, updateFile, uploadFiles],
]
const SHARE_LINKS = [createShareLink, deleteShareLink, listShareLinks]
const UPLOADS = [
  ...[cancelUpload, completeDirectUpload, createUploadSession, createUploadUrl, createUploadList()],
  signUploadParts,
]
const KEYS = [
  ...[activateApiKey, createApiKey, deactivateApiKey, deleteApiKey, getApiKey, listApiKeys],
  ...[pauseApiKey, rotateApiKey, unpauseApiKey, updateApiKey],
]
const OF_THE_OPERATOR = [
  ...[createOrganization, listOrganizations, updateOrganization],
  ...[suspendOrganization, resumeOrganization, rotateDownloadSecret, resetClock],
]
const OF_JOBS = [
  ...[cancelRevokedSessions, deleteRemainingUpload, expireUpload, forgetRecords],
  ...[indexFiles, purgeFile, recountSessions, releaseExpiredReservations],
]

const OF_URLS = {
  'session-uri': cancelUploadSession,
  'download-url': downloadFile,
  'share-link': downloadSharedFile,
}

/** Operation without input, which a refusal must not read. */
interface AnyOperation {
  (context: { readonly audit: Audit }, caller: Caller, input: object): Promise<unknown>
  readonly action: string
  readonly scope: RequiredScope
}
const toAny = (operation: unknown) => operation as AnyOperation

describe('an operation', () => {
  let database: Database
  let audit: Audit
  beforeEach(async () => {
    database = await openDatabase({ kind: 'sqlite', path: ':memory:' })
    audit = createAudit({ database, log: { warn: assert.fail }, now: Date.now })
  })
  afterEach(async () => {
    await audit.close()
    await database.close()
  })

  const recorded = async () => {
    const rows = await database.audit.list(null, 100)
    return rows.map(({ action, actor, outcome, count }) => ({ action, actor, outcome, count }))
  }

  const refusedTo = (operations: readonly unknown[], caller: Caller, which: string) => {
    for (const operation of operations.map(toAny)) {
      it(`${operation.action} is refused to ${which}, before its work, and recorded`, async () => {
        // The context has no database and no storage, so work that begins fails with another error.
        await assert.rejects(operation({ audit }, caller, {}), { code: 'INSUFFICIENT_PERMISSIONS' })
        const { action } = operation
        assert.deepEqual(await recorded(), [
          { action, actor: 'ak_1', outcome: 'INSUFFICIENT_PERMISSIONS', count: 1 },
        ])
      })
    }
  }
  refusedTo([...FILES, ...SHARE_LINKS, ...UPLOADS, ...KEYS], NO_SCOPES, 'a key without its scope')
  refusedTo(OF_THE_OPERATOR, OF_ADMIN, 'an admin key')

  it('of a job is refused to an admin key', async () => {
    const refused = { code: 'INSUFFICIENT_PERMISSIONS' }
    for (const operation of OF_JOBS.map(toAny)) {
      await assert.rejects(operation({ audit }, OF_ADMIN, {}), refused, operation.action)
    }
    await assert.rejects(toAny(deleteOrphan)({ audit }, OF_ADMIN, { id: 'orphan' }), refused)
  })

  it('of a job is not refused to a job, and a routine step is not recorded', async () => {
    const caller = jobCaller('expire')
    assert.equal(await releaseExpiredReservations({ audit, database, now: Date.now }, caller, 10), 0)
    assert.deepEqual(await recorded(), [])
  })

  it('that changes something is recorded under the name of the job', async () => {
    await resetClock({ audit, database }, jobCaller('sweep'), Date.now())
    assert.deepEqual(await recorded(), [
      { action: 'resetClock', actor: 'job:sweep', outcome: 'ok', count: 1 },
    ])
  })

  it('of a URL is refused to an admin key', async () => {
    const refused = { code: 'INSUFFICIENT_PERMISSIONS' }
    for (const operation of [
      cancelUploadSession,
      registerCompleteUpload,
      downloadFile,
      downloadSharedFile,
    ].map(toAny)) {
      await assert.rejects(operation({ audit }, OF_ADMIN, {}), refused, operation.action)
    }
  })

  for (const kind of ['session-uri', 'download-url', 'share-link'] as const) {
    const caller = callerOfUrl(kind, { organizationId: 'org_1', fileId: 'file_1' }, NO_SCOPES.request)
    const own = OF_URLS[kind]
    const others = [...FILES, ...SHARE_LINKS, ...UPLOADS, ...KEYS, ...OF_THE_OPERATOR, getOrganization]

    it(`is refused to a ${kind}, unless it is the one of the URL`, async () => {
      const refused = { code: 'INSUFFICIENT_PERMISSIONS' }
      const ofUrls = Object.values(OF_URLS).filter((one) => one !== own)
      for (const operation of [...others, ...OF_JOBS, ...ofUrls].map(toAny)) {
        await assert.rejects(operation({ audit }, caller, {}), refused, operation.action)
      }
    })

    it(`is refused to a ${kind} of another file`, async () => {
      const context = { audit, database, storage: await openStorage({ kind: 'memory' }), now: Date.now }
      const inputOf = (fileId: string) => (kind === 'session-uri' ? fileId : { fileId, expiresAtSeconds: 0 })
      const isOfFile = (fileId: string) => toAny(own)(context, caller, inputOf(fileId) as object)
      await assert.rejects(isOfFile('file_2'), { code: 'INSUFFICIENT_PERMISSIONS' })
      await assert.rejects(isOfFile('file_1'), { code: /^((FILE|UPLOAD)_NOT_FOUND|TOKEN_INVALID)$/ })
    })
  }

  it('is recorded once for an error that a protocol passes on', async () => {
    const error = await getFile({ audit, database, now: Date.now }, NO_SCOPES, 'file_1').catch(
      (thrown: unknown) => thrown,
    )
    const attempt = { action: 'getFile', kind: 'read', target: 'file_1' } as const
    await audit.recordRefusal(NO_SCOPES, attempt, 'INSUFFICIENT_PERMISSIONS', error)
    await audit.close()
    assert.deepEqual(
      (await recorded()).map(({ count }) => count),
      [1],
    )
  })

  it('that only reads is not recorded when it succeeds or fails', async () => {
    await assert.rejects(getFile({ audit, database, now: Date.now }, OF_ADMIN, 'file_1'), {
      code: 'FILE_NOT_FOUND',
    })
    await listFiles({ audit, database, now: Date.now }, OF_ADMIN, { page: 1, limit: 10, after: null })
    assert.deepEqual(await recorded(), [])
  })

  it('is recorded for the operator, whether it changed something or failed', async () => {
    const context = { audit, database, now: Date.now }
    const input = { id: 'org_1', name: 'One' }
    await createOrganization(context, operatorCaller(null), input)
    await assert.rejects(createOrganization(context, operatorCaller(null), input))
    const rows = (await database.audit.list(null, 10)).toReversed()
    assert.deepEqual(
      rows.map(({ organizationId, actor, target, outcome }) => [organizationId, actor, target, outcome]),
      [
        ['org_1', 'operator', 'org_1', 'ok'],
        [null, 'operator', null, 'ORGANIZATION_ALREADY_EXISTS'],
      ],
    )
  })

  it('keeps its result when the audit cannot be written', async () => {
    const warnings: string[] = []
    const log = { warn: (_facts: object, message: string) => warnings.push(message) }
    const records = { ...database.audit, add: () => Promise.reject(new Error('away')) }
    const failing = createAudit({ database: { audit: records }, log, now: Date.now })
    const context = { audit: failing, database, now: Date.now }
    const created = await createOrganization(context, operatorCaller(null), { id: 'org_1', name: 'One' })
    assert.equal(created.organization.id, 'org_1')
    assert.deepEqual(warnings, ['an audit event could not be written'])
  })

  it('writes an event once when its work has taken the event', async () => {
    const operation = defineOperation(
      { action: 'registerFile', kind: 'change', scope: null, targetOf: () => 'file_1' },
      async (_context: object, _caller: Caller, isTaken: boolean, takeEvent: TakeEvent) => {
        if (isTaken) await database.audit.add(takeEvent('file_1'))
      },
    )
    for (const isTaken of [true, false]) await operation({ audit }, OF_ADMIN, isTaken)
    const event = { action: 'registerFile', actor: 'ak_1', outcome: 'ok', count: 1 }
    assert.deepEqual(await recorded(), [event, event])
  })

  it('records the refusal of a change whose work had taken the event', async () => {
    const operation = defineOperation(
      { action: 'uploadFiles', kind: 'change', scope: null },
      async (_context: object, _caller: Caller, _input: undefined, takeEvent: TakeEvent) => {
        takeEvent('file_1')
        throw new ServiceError('STORAGE_QUOTA_EXCEEDED', 'no quota')
      },
    )
    await assert.rejects(operation({ audit }, OF_ADMIN, undefined), { code: 'STORAGE_QUOTA_EXCEEDED' })
    await audit.close()
    assert.deepEqual(await recorded(), [
      { action: 'uploadFiles', actor: 'ak_1', outcome: 'STORAGE_QUOTA_EXCEEDED', count: 1 },
    ])
  })
})

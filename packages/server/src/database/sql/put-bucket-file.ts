import type { AuditEvent } from '../../domain/access/audit-event.ts'
import { ServiceError } from '../../domain/errors.ts'
import type { BucketFile, BucketPlace } from '../../domain/files/bucket-file.ts'
import { type File, isExpiredFile } from '../../domain/files/file.ts'
import type { BucketFileSource, NewBucketFile, PutOutcome } from '../records/buckets.ts'
import { INSERT_EVENT } from './audit-statements.ts'
import { toBucketFile } from './bucket-rows.ts'
import { deleteFile } from './delete-file.ts'
import { objectDisowned, placeColumns } from './file-statements.ts'
import { INSERT_FILE } from './insert-file.ts'
import { WITHIN_QUOTA } from './quota.ts'
import { SELECT_BUCKET_FILES } from './select-bucket-files.ts'
import { changeRows, type Dialect, getRow, type Steps } from './transactions.ts'
import { FIND_UPLOAD_SESSION } from './upload-session-statements.ts'

const FIND_BUCKET = 'SELECT 1 FROM buckets WHERE name = $bucket AND organization_id = $organizationId'

const INSERT_KEY = `INSERT INTO bucket_files (organization_id, bucket, key, file_id, attributes)
  VALUES ($organizationId, $bucket, $key, $fileId, $attributes) ON CONFLICT (organization_id, bucket, key) DO NOTHING`

const REGISTER_SESSION = `UPDATE upload_sessions SET state = 'registered', upload_handle = NULL
  WHERE organization_id = $organizationId AND file_id = $fileId`

const OF_RESERVATION = 'FROM reservations WHERE id = $id AND organization_id = $organizationId'

const ADD_RESERVED = `UPDATE organizations SET storage_reserved_bytes = storage_reserved_bytes + $addedBytes,
    unfinished_session_count = unfinished_session_count - $endedSessions
  WHERE id = $organizationId`

const USE_QUOTA = `UPDATE organizations SET storage_used_bytes = storage_used_bytes + $sizeBytes,
    file_count = file_count + 1, updated_at_ms = $nowMs
  WHERE id = $organizationId AND ${WITHIN_QUOTA}`

/** Finds of a key until this transaction has it: each failed one waited for another transaction on the key. */
const MAX_TRIES = 10

type Accepts = (current: BucketFile | null) => boolean

/** Adds a File under a key; see `BucketRecords.putFile`. */
export function* putBucketFile(
  dialect: Dialect,
  organizationId: string,
  added: NewBucketFile,
  source: BucketFileSource,
  accepts: Accepts,
  event?: AuditEvent,
): Steps<PutOutcome> {
  const { bucket, file } = added
  if (bucket !== '') {
    const found = yield* getRow(`${FIND_BUCKET} ${dialect.forShare}`, { bucket, organizationId })
    if (found === null) return { kind: 'no-bucket' }
  }
  const sourceBytes = yield* lockSource(dialect, organizationId, file, source)
  if (sourceBytes === null) return { kind: 'ended' }
  const taken = yield* takeKey(dialect, organizationId, added, accepts)
  if (taken.kind === 'refused') return taken
  const disowned = yield* getRow(`SELECT ${dialect.isDisowned('$name')} AS is_disowned`, {
    name: file.objectName,
  })
  if (disowned?.is_disowned) throw objectDisowned()
  yield* changeRows(INSERT_FILE, { ...file, ...placeColumns(file), organizationId })
  yield* endSource(organizationId, file, source, sourceBytes)
  const used = yield* changeRows(USE_QUOTA, {
    organizationId,
    sizeBytes: file.sizeBytes,
    nowMs: file.uploadedAtMs,
  })
  if (used.count === 0) {
    throw new ServiceError(
      'STORAGE_QUOTA_EXCEEDED',
      'the file exceeds the remaining quota of the organization',
    )
  }
  if (event) yield* changeRows(INSERT_EVENT, { ...event })
  return taken
}

/** Returns the bytes that the source has reserved; null for a session that is not unfinished. */
function* lockSource(
  { forUpdate }: Dialect,
  organizationId: string,
  { id: fileId }: File,
  source: BucketFileSource,
): Steps<number | null> {
  if (source.kind === 'session') {
    const session = yield* getRow(`${FIND_UPLOAD_SESSION} ${forUpdate}`, { organizationId, fileId })
    const isOpen = (session?.state === 'open' || session?.state === 'dead') && session.failure_code === null
    return isOpen ? Number(session.size_bytes) : null
  }
  if (source.id === null) return 0
  const { id } = source
  const row = yield* getRow(`SELECT size_bytes ${OF_RESERVATION} ${forUpdate}`, { organizationId, id })
  return Number(row?.size_bytes ?? 0)
}

/** Ends the reservation or the session, whose `sourceBytes` are then no longer reserved. */
function* endSource(
  organizationId: string,
  { id: fileId }: File,
  source: BucketFileSource,
  sourceBytes: number,
): Steps<void> {
  const isSession = source.kind === 'session'
  if (isSession) yield* changeRows(REGISTER_SESSION, { organizationId, fileId })
  else if (source.id !== null)
    yield* changeRows(`DELETE ${OF_RESERVATION}`, { organizationId, id: source.id })
  const endedSessions = isSession ? 1 : 0
  if (sourceBytes === 0 && endedSessions === 0) return
  yield* changeRows(ADD_RESERVED, { organizationId, addedBytes: -sourceBytes, endedSessions })
}

/** Takes the key for the new File, and deletes the File that has it. Changes nothing when that is refused. */
function* takeKey(
  dialect: Dialect,
  organizationId: string,
  { bucket, key, file, attributes }: NewBucketFile,
  accepts: Accepts,
): Steps<Extract<PutOutcome, { kind: 'added' | 'refused' }>> {
  const nowMs = file.uploadedAtMs
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const found = yield* lockFile(dialect, organizationId, { bucket, key })
    const current = found !== null && isExpiredFile(found.file, nowMs) ? null : found
    if (!accepts(current)) return { kind: 'refused', current }
    if (found !== null) {
      const live = { fileId: found.file.id, deletable: 'live', nowMs } as const
      yield* deleteFile(dialect, organizationId, live)
    }
    const { count } = yield* changeRows(INSERT_KEY, {
      ...{ organizationId, bucket, key, fileId: file.id },
      attributes: attributes && JSON.stringify(attributes),
    })
    if (count > 0) return { kind: 'added', replaced: found?.file ?? null }
  }
  throw new ServiceError('SERVICE_UNAVAILABLE', 'too many requests replace the same key')
}

/** Locks the File of a key until the end of the transaction. */
function* lockFile(
  { forUpdate }: Dialect,
  organizationId: string,
  place: BucketPlace,
): Steps<BucketFile | null> {
  const lock = forUpdate === '' ? '' : `${forUpdate} OF files`
  const find = `${SELECT_BUCKET_FILES} AND bucket_files.key = $key ${lock}`
  const row = yield* getRow(find, { organizationId, ...place })
  // When the File was replaced while this one waited for its lock, only another query sees the new one.
  const current = row ?? (forUpdate === '' ? null : yield* getRow(find, { organizationId, ...place }))
  return current && toBucketFile(current)
}

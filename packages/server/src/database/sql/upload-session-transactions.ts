import type { UploadFailure, UploadSession } from '../../domain/uploads/upload-session.ts'
import type {
  JoinedPartials,
  LengthOutcome,
  ReserveRequest,
  UploadSessionRecords,
} from '../records/upload-sessions.ts'
import { FREE_BYTES } from './quota.ts'
import { type Row, toUploadSession } from './rows.ts'
import { changeRows, type Dialect, getRow, type Steps, type Transactions } from './transactions.ts'
import { FIND_UPLOAD_SESSION, OF_FILE, UNFINISHED } from './upload-session-statements.ts'

/** Parameters that select one session. */
type Scope = Readonly<Record<'organizationId' | 'fileId', string>>

const SET_LENGTH = `UPDATE upload_sessions SET size_bytes = $sizeBytes, is_length_deferred = 0 WHERE ${OF_FILE}`
const SET_RESERVED = `UPDATE upload_sessions SET size_bytes = $reservedBytes WHERE ${OF_FILE}`
/** Its event tells the size, so that it changes afterwards. */
const FAIL = `UPDATE upload_sessions
  SET state = 'dead', failure_code = $code, failure_message = $message
  WHERE ${OF_FILE} AND ${UNFINISHED} AND failure_code IS NULL`
const EMPTY = `UPDATE upload_sessions SET state = 'dead', size_bytes = 0, is_length_deferred = 1
  WHERE ${OF_FILE} AND ${UNFINISHED} AND failure_code IS NULL`
const JOIN = `UPDATE upload_sessions
  SET size_bytes = $sizeBytes, is_length_deferred = 0, protocol_state = $protocolState WHERE ${OF_FILE}`
/** A client that repeats its request finds the upload that has joined the partial one. */
const END_PARTIAL = `UPDATE upload_sessions SET state = 'cancelled', protocol_state = $joinedInto WHERE ${OF_FILE}`
const RELEASE = `UPDATE organizations
  SET storage_reserved_bytes = storage_reserved_bytes - $releasedBytes,
    unfinished_session_count = unfinished_session_count - $endedSessions
  WHERE id = $organizationId`
const FIND_FREE_BYTES = `SELECT ${FREE_BYTES} AS free_bytes FROM organizations WHERE id = $organizationId`
/** Releasing bytes is always allowed, also when the limit was lowered. */
const ADD_RESERVED = `UPDATE organizations
  SET storage_reserved_bytes = storage_reserved_bytes + $addedBytes
  WHERE id = $organizationId AND ($addedBytes <= 0 OR $addedBytes <= ${FREE_BYTES})`

/** Changes of sessions together with their reservation. They lock the session before its organization. */
export function createUploadSessionTransactions({
  transact,
  free,
  dialect,
}: Transactions): Pick<
  UploadSessionRecords,
  'setLength' | 'reserve' | 'addReserved' | 'markEmpty' | 'fail' | 'concatenate'
> {
  return {
    setLength: (organizationId, fileId, sizeBytes) =>
      transact(() => setLength(dialect, { organizationId, fileId }, sizeBytes)),
    reserve: (organizationId, fileId, request) =>
      transact(() => reserve(dialect, { organizationId, fileId }, request)),
    addReserved: (organizationId, fileId, addedBytes) =>
      transact(() => addToSession(dialect, { organizationId, fileId }, addedBytes)),
    concatenate: (organizationId, fileId, joined) =>
      transact(() => concatenate(dialect, { organizationId, fileId }, joined)),
    markEmpty: (organizationId, fileId) => free(() => markEmpty(dialect, { organizationId, fileId })),
    fail: async (organizationId, fileId, failure) => {
      const row = await free(() => fail(dialect, { organizationId, fileId }, failure))
      return row && toUploadSession(row)
    },
  }
}

function* setLength(dialect: Dialect, scope: Scope, sizeBytes: number): Steps<LengthOutcome> {
  const row = yield* lockSession(dialect, scope)
  const session = row && toUploadSession(row)
  if (session?.state.kind !== 'open') return 'ended'
  if (session.sizeBytes !== null) return session.sizeBytes === sizeBytes ? 'set' : 'other-length'
  if (!(yield* addReserved(scope, sizeBytes - session.reservedBytes))) return 'no-room'
  yield* changeRows(SET_LENGTH, { ...scope, sizeBytes })
  return 'set'
}

function* reserve(
  dialect: Dialect,
  scope: Scope,
  { neededBytes, wantedBytes }: ReserveRequest,
): Steps<number> {
  const row = yield* lockSession(dialect, scope)
  const session = row && toUploadSession(row)
  if (session?.state.kind !== 'open' || session.sizeBytes !== null) return 0
  const { reservedBytes } = session
  const { organizationId } = scope
  const freeBytes = Number((yield* getRow(FIND_FREE_BYTES, { organizationId }))?.free_bytes ?? 0)
  const raisedBytes = Math.min(Math.max(wantedBytes, neededBytes), reservedBytes + freeBytes)
  if (raisedBytes < neededBytes || raisedBytes <= reservedBytes) return reservedBytes
  if (!(yield* addReserved(scope, raisedBytes - reservedBytes))) return reservedBytes
  yield* changeRows(SET_RESERVED, { ...scope, reservedBytes: raisedBytes })
  return raisedBytes
}

function* addToSession(dialect: Dialect, scope: Scope, addedBytes: number): Steps<boolean> {
  const row = yield* lockSession(dialect, scope)
  const session = row && toUploadSession(row)
  if (session?.state.kind !== 'open' || session.sizeBytes !== null) return false
  if (!(yield* addReserved(scope, addedBytes))) return false
  yield* changeRows(SET_RESERVED, { ...scope, reservedBytes: session.reservedBytes + addedBytes })
  return true
}

function* markEmpty(dialect: Dialect, scope: Scope): Steps<void> {
  const before = yield* lockSession(dialect, scope)
  const { count } = yield* changeRows(EMPTY, scope)
  if (before && count > 0) yield* addReserved(scope, -toUploadSession(before).reservedBytes)
}

function* fail(dialect: Dialect, scope: Scope, { code, message }: UploadFailure): Steps<Row | null> {
  const before = yield* lockSession(dialect, scope)
  const { count } = yield* changeRows(FAIL, { ...scope, code, message })
  if (before && count > 0) {
    yield* changeRows(SET_RESERVED, { ...scope, reservedBytes: 0 })
    yield* addReserved(scope, -toUploadSession(before).reservedBytes)
  }
  return yield* getRow(FIND_UPLOAD_SESSION, scope)
}

function* concatenate(
  dialect: Dialect,
  scope: Scope,
  { partialIds, sizeBytes, protocolState }: JoinedPartials,
): Steps<boolean> {
  const { organizationId } = scope
  const sessions = new Map<string, UploadSession>()
  // All transactions lock the sessions in this order.
  for (const fileId of [scope.fileId, ...partialIds].toSorted()) {
    const row = yield* lockSession(dialect, { organizationId, fileId })
    const session = row && toUploadSession(row)
    if (session?.state.kind !== 'open') return false
    sessions.set(fileId, session)
  }
  const reservedBytes = [...sessions.values()].reduce((sum, session) => sum + session.reservedBytes, 0)
  yield* changeRows(JOIN, { ...scope, sizeBytes, protocolState })
  for (const fileId of partialIds) {
    yield* changeRows(END_PARTIAL, { organizationId, fileId, joinedInto: scope.fileId })
  }
  const released = { releasedBytes: reservedBytes - sizeBytes, endedSessions: partialIds.length }
  yield* changeRows(RELEASE, { organizationId, ...released })
  return true
}

function* lockSession({ forUpdate }: Dialect, scope: Scope): Steps<Row | null> {
  return yield* getRow(`${FIND_UPLOAD_SESSION} ${forUpdate}`, scope)
}

/** Adds to the reserved bytes of the organization. Returns false without a change when the quota does not allow it. */
function* addReserved({ organizationId }: Scope, addedBytes: number): Steps<boolean> {
  const { count } = yield* changeRows(ADD_RESERVED, { organizationId, addedBytes })
  return count > 0
}

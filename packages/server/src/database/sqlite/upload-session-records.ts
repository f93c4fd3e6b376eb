import { tooManySessions } from '../../domain/uploads/upload-session.ts'
import type { UploadSessionRecords } from '../records/upload-sessions.ts'
import { INSERT_EVENT } from '../sql/audit-statements.ts'
import { WITHIN_QUOTA } from '../sql/quota.ts'
import { toUploadSession } from '../sql/rows.ts'
import type { Parameters as SqlParameters } from '../sql/statements.ts'
import {
  createUploadSessionStatements,
  END_UPLOAD_SESSION,
  FIND_OPENING_KEY,
  FIND_UPLOAD_SESSION,
  INSERT_UPLOAD_SESSION,
  insertParameters,
  UNFINISHED_COUNT,
} from '../sql/upload-session-statements.ts'
import { createUploadSessionTransactions } from '../sql/upload-session-transactions.ts'
import type { Connection, Transaction } from './connection.ts'
import { assertNotDisowned, registerUnlessEnded } from './file-records.ts'

/** Reserves a session within the quota and the limit of sessions. A key that opens it must still be active. */
const RESERVE = `UPDATE organizations
  SET storage_reserved_bytes = storage_reserved_bytes + $sizeBytes,
    unfinished_session_count = unfinished_session_count + 1, updated_at_ms = $createdAtMs
  WHERE id = $organizationId AND ${WITHIN_QUOTA} AND unfinished_session_count < $maxUnfinished
    AND ($apiKeyId IS NULL OR EXISTS (${FIND_OPENING_KEY}))`

export function createUploadSessionRecords({
  statements,
  transactions,
  write,
  free,
}: Connection): UploadSessionRecords {
  const end = (state: 'cancelled' | 'expired', scope: SqlParameters, nowMs: number, expiresByMs: number) =>
    free(({ get, run }) => {
      const ended = run(END_UPLOAD_SESSION, { ...scope, state, expiresByMs })
      const row = get(FIND_UPLOAD_SESSION, scope)
      const session = row && toUploadSession(row)
      if (session && ended > 0) {
        run(
          `UPDATE organizations
           SET storage_reserved_bytes = storage_reserved_bytes - $sizeBytes,
             unfinished_session_count = unfinished_session_count - 1, updated_at_ms = $nowMs
           WHERE id = $organizationId`,
          { organizationId: session.organizationId, sizeBytes: session.reservedBytes, nowMs },
        )
      }
      return session
    })

  return {
    ...createUploadSessionStatements(statements),
    ...createUploadSessionTransactions(transactions),

    create: (...session) => write((inside) => add(inside, ...session)),

    createRegistered: (organizationId, session, uploadIdSha256, maxUnfinished, registration) =>
      write((inside) => {
        const { file, created, registered } = registration
        assertNotDisowned(inside, file)
        if (!add(inside, organizationId, session, uploadIdSha256, maxUnfinished, created)) return 'refused'
        registerUnlessEnded(inside, organizationId, file)
        inside.run(INSERT_EVENT, { ...registered })
        return 'added'
      }),

    cancel: (organizationId, fileId, nowMs) =>
      end('cancelled', { organizationId, fileId }, nowMs, Number.MAX_SAFE_INTEGER),

    expire: (organizationId, fileId, nowMs) => end('expired', { organizationId, fileId }, nowMs, nowMs),
  }
}

/** Adds a session; see `UploadSessionRecords.create`. */
function add(
  { get, run }: Transaction,
  ...[organizationId, session, uploadIdSha256, maxUnfinished, event]: Parameters<
    UploadSessionRecords['create']
  >
): boolean {
  const { reservedBytes: sizeBytes, createdAtMs, openedBy } = session
  const key = openedBy ?? { apiKeyId: null, generation: null }
  // One statement checks and reserves, so that concurrent callers cannot exceed the quota together.
  const reserved = run(RESERVE, { organizationId, ...key, sizeBytes, maxUnfinished, createdAtMs })
  if (reserved === 0) {
    if (openedBy !== null && get(FIND_OPENING_KEY, { organizationId, ...openedBy }) === null) return false
    const unfinished = Number(get(UNFINISHED_COUNT, { organizationId })?.kept)
    if (unfinished >= maxUnfinished) throw tooManySessions(maxUnfinished)
    return false
  }
  run(INSERT_UPLOAD_SESSION, insertParameters(organizationId, session, uploadIdSha256))
  if (event) run(INSERT_EVENT, { ...event })
  return true
}

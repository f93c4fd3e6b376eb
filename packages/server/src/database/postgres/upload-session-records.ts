import { tooManySessions, type UploadSession } from '../../domain/uploads/upload-session.ts'
import type { FileRecords } from '../records/files.ts'
import type { UploadSessionRecords } from '../records/upload-sessions.ts'
import { objectDisowned } from '../sql/file-statements.ts'
import { toUploadSession } from '../sql/rows.ts'
import type { Parameters } from '../sql/statements.ts'
import { createUploadSessionStatements, END_UPLOAD_SESSION } from '../sql/upload-session-statements.ts'
import { createUploadSessionTransactions } from '../sql/upload-session-transactions.ts'
import { createBatches } from './batches.ts'
import type { Connection } from './connection.ts'
import { createSessions, type NewSession } from './create-sessions.ts'

/** Locks the session before its organization, as all other statements do, to avoid deadlocks. */
const END = `
  WITH ended AS (${END_UPLOAD_SESSION} RETURNING *),
  released AS (
    UPDATE organizations
    SET storage_reserved_bytes = storage_reserved_bytes - ended.size_bytes,
      unfinished_session_count = unfinished_session_count - 1, updated_at_ms = $nowMs
    FROM ended WHERE organizations.id = ended.organization_id
  )
  SELECT * FROM ended`

/** Waits for a sweep that looked for a record of the object before there was one. */
const FIND_DISOWNED = 'SELECT is_disowned($objectName) AS is_disowned'

/** `register` is that of the files: sessions and Files are each added in batches, which share their commits. */
export function createUploadSessionRecords(
  { statements, transactions }: Connection,
  register: FileRecords['register'],
): UploadSessionRecords {
  const single = createUploadSessionStatements(statements)
  const createTogether = createBatches<NewSession, boolean>({
    maxItems: 64,
    maxInFlight: 2,
    send: (sessions) => createSessions(statements, sessions),
  })

  /** Reads the session again when it did not change: only a later statement sees an end that came first. */
  const end = async (
    organizationId: string,
    fileId: string,
    changes: Parameters,
  ): Promise<UploadSession | null> => {
    const { rows } = await statements.change(END, { organizationId, fileId, ...changes })
    return rows[0] ? toUploadSession(rows[0]) : single.findByFileId(organizationId, fileId)
  }

  const cancel: UploadSessionRecords['cancel'] = (organizationId, fileId, nowMs) =>
    end(organizationId, fileId, { state: 'cancelled', nowMs, expiresByMs: Number.MAX_SAFE_INTEGER })

  const create: UploadSessionRecords['create'] = async (
    organizationId,
    session,
    uploadIdSha256,
    maxUnfinished,
    event,
  ) => {
    const one = { organizationId, session, uploadIdSha256, maxUnfinished, event }
    if (await createTogether(one)) return true
    // Other sessions of the batch may have used up the limits, so this one is tried alone.
    if ((await createSessions(statements, [one]))[0] === true) return true
    if ((await single.countUnfinished(organizationId)) >= maxUnfinished) throw tooManySessions(maxUnfinished)
    return false
  }

  return {
    ...single,
    ...createUploadSessionTransactions(transactions),

    create,

    createRegistered: async (organizationId, session, uploadIdSha256, maxUnfinished, registration) => {
      const { file, created, registered } = registration
      const isCreated = await create(organizationId, session, uploadIdSha256, maxUnfinished, created)
      if (!isCreated) return 'refused'
      // From here on no sweep disowns the object of the session.
      const found = await statements.get(FIND_DISOWNED, { objectName: file.objectName })
      if (found?.is_disowned) {
        await cancel(organizationId, session.fileId, session.createdAtMs)
        throw objectDisowned()
      }
      return (await register(organizationId, file, registered)) === null ? 'ended' : 'added'
    },

    cancel,

    expire: (organizationId, fileId, nowMs) =>
      end(organizationId, fileId, { state: 'expired', nowMs, expiresByMs: nowMs }),
  }
}

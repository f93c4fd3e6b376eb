import type { Page } from '../../database/records/page.ts'
import type { UploadSession } from '../../domain/uploads/upload-session.ts'
import { createGate } from '../../platform/create-gate.ts'
import type { Context } from '../context.ts'
import { type ListInput, toPageRequest } from '../page-request.ts'
import { type HostingContext, isHosting } from './hosting-context.ts'

export interface OpenUpload {
  readonly session: UploadSession
  /** Null where clients send to a provider: asking it about each upload would cost more than the answer is worth. */
  readonly receivedBytes: number | null
}

/**
 * Lists the organization's open sessions, newest first. Throws VALIDATION_ERROR for an unknown cursor, and for a page
 * that is too deep.
 */
export type ListUploads = (organizationId: string, input: ListInput) => Promise<Page<OpenUpload>>

/** Upper bound of concurrent storage look-ups of all lists: each blocks the thread for about 0.1 ms. */
const LOOK_UPS_AT_ONCE = 4

export function createUploadList(context: Context): ListUploads {
  const { database, now } = context
  const inTurn = createGate(LOOK_UPS_AT_ONCE)

  return async (organizationId, input) => {
    const request = await toPageRequest(input, async (fileId) => {
      const session = await database.uploadSessions.findByFileId(organizationId, fileId)
      return session && { timeMs: session.createdAtMs, id: fileId }
    })
    const page = await database.uploadSessions.list(organizationId, now(), request)
    const items = page.items.map(async (session) => ({
      session,
      receivedBytes: isHosting(context) ? await inTurn(() => hostedBytes(context, session)) : null,
    }))
    return { ...page, items: await Promise.all(items) }
  }
}

async function hostedBytes({ storage }: HostingContext, { objectName }: UploadSession): Promise<number> {
  const object = await storage.stat(objectName)
  return object?.sizeBytes ?? storage.uploads.offset(objectName)
}

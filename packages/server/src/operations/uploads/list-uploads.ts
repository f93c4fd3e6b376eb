import type { Caller } from '../../domain/access/caller.ts'
import type { Page } from '../../domain/page.ts'
import type { UploadSession } from '../../domain/uploads/upload-session.ts'
import { createGate } from '../../platform/create-gate.ts'
import type { Context } from '../context.ts'
import { defineOperation, type OperationFacts } from '../define-operation.ts'
import { type ListInput, toPageRequest } from '../page-request.ts'
import { type HostingContext, isHosting } from './hosting-context.ts'
import { receivedBytes } from './received-bytes.ts'

export interface OpenUpload {
  readonly session: UploadSession
  /** Bytes received so far; null for uploads to a provider, because a request to the provider for each would cost too much. */
  readonly receivedBytes: number | null
}

/** Upper bound of concurrent storage look-ups of all lists: each blocks the thread for about 0.1 ms. */
const LOOK_UPS_AT_ONCE = 4

export const LIST_UPLOADS: OperationFacts = { action: 'listUploads', kind: 'read', scope: 'files:read' }

/**
 * Returns an operation that lists the organization's open sessions, newest first. It throws VALIDATION_ERROR for an
 * unknown cursor, and for a page beyond `MAX_PAGED_ENTRIES`.
 */
export function createUploadList() {
  const limited = createGate(LOOK_UPS_AT_ONCE)

  return defineOperation(
    LIST_UPLOADS,
    async (
      context: Pick<Context, 'database' | 'storage' | 'now'>,
      { organizationId }: Caller,
      input: ListInput,
    ): Promise<Page<OpenUpload>> => {
      const { uploadSessions } = context.database
      const request = await toPageRequest(input, async (fileId) => {
        const session = await uploadSessions.findByFileId(organizationId, fileId)
        return session && { timeMs: session.createdAtMs, id: fileId }
      })
      const page = await uploadSessions.list(organizationId, context.now(), request)
      const items = page.items.map(async (session) => ({
        session,
        receivedBytes: isHosting(context) ? await limited(() => hostedBytes(context, session)) : null,
      }))
      return { ...page, items: await Promise.all(items) }
    },
  )
}

async function hostedBytes(
  { storage }: Pick<HostingContext, 'storage'>,
  session: UploadSession,
): Promise<number | null> {
  const object = await storage.stat(session.objectName)
  if (object !== null) return object.sizeBytes
  const bytes = await receivedBytes({ storage }, session)
  return bytes === null ? null : Math.min(bytes, session.sizeBytes ?? bytes)
}

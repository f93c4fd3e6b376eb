import type { Organization, Waybill } from '@waybill/sdk'
import { createFileList, type FileList } from '../files/file-list.ts'
import { createStore, type Store } from '../parts/store.ts'
import { createInterruptedUploads, type InterruptedUploads } from '../uploads/interrupted-uploads.ts'
import { createUploadQueue, type UploadQueue } from '../uploads/upload-queue.ts'
import { forgetUploadSessions } from '../uploads/upload-sessions.ts'
import { createClients } from './create-client.ts'
import { forgetSession, type Session, storedSession, storeSession } from './stored-session.ts'

/** What somebody who is signed in works with, on every page. */
export interface Workspace {
  readonly session: Session
  client(): Waybill
  readonly organization: Store<Organization | null>
  readonly files: FileList
  readonly uploads: UploadQueue
  readonly interrupted: InterruptedUploads
  /** Asks anew how much is stored. */
  refreshOrganization(): void
  /** Goes on with another key of the same organization. */
  adoptKey(apiKey: string): void
}

const REFRESH_MS = 400

/** Why nobody is signed in any more, or null. */
const farewell = createStore<string | null>(null)
const current = createStore<Workspace | null>(null)

/** Opened with the page, where this tab has a session. */
const stored = storedSession()
if (stored !== null) current.set(openWorkspace(stored, null))

export const workspace = {
  current,
  farewell,
  /** Rejects where the key is none of this organization; nothing is kept then. */
  signIn: async (session: Session): Promise<void> => {
    const { calls } = createClients(session, () => {})
    const organization = await calls.organizations.get()
    storeSession(session)
    farewell.set(null)
    current.set(openWorkspace(session, organization))
  },
  /** Gives up what is not uploaded yet, and forgets the key and everything of the uploads. */
  signOut: (): void => {
    current.get()?.uploads.cancelAll()
    current.get()?.interrupted.forget()
    forgetUploadSessions()
    leave(null)
  },
}

function leave(reason: string | null): void {
  current.get()?.uploads.close()
  current.get()?.interrupted.close()
  forgetSession()
  farewell.set(reason)
  current.set(null)
}

function openWorkspace(first: Session, known: Organization | null): Workspace {
  let session = first
  const connect = (next: Session) => {
    // A request of a key that was replaced meanwhile says nothing of the new one.
    return createClients(next, () => {
      if (session === next && current.get() === opened)
        leave('The service does not accept this key any more.')
    })
  }
  let clients = connect(session)
  const organization = createStore(known)
  let refreshing: ReturnType<typeof setTimeout> | undefined
  const refreshOrganization = () => {
    clearTimeout(refreshing)
    refreshing = setTimeout(async () => {
      organization.set(await clients.calls.organizations.get().catch(() => organization.get()))
    }, REFRESH_MS)
  }
  const files = createFileList(() => clients.calls, refreshOrganization)
  const interrupted = createInterruptedUploads(session.organizationId)
  const uploads = createUploadQueue(
    () => clients.uploads,
    interrupted,
    (file) => {
      files.add(file)
      refreshOrganization()
    },
  )
  if (known === null) refreshOrganization()
  const opened: Workspace = {
    get session() {
      return session
    },
    client: () => clients.calls,
    organization,
    files,
    uploads,
    interrupted,
    refreshOrganization,
    adoptKey: (apiKey) => {
      session = { ...session, apiKey }
      clients = connect(session)
      storeSession(session)
    },
  }
  return opened
}

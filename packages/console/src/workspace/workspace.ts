import type { Organization, Waybill } from '@waybill/sdk'
import { createFileList, type FileList } from '../files/file-list.ts'
import { formatName } from '../parts/format.ts'
import { createStore, type Store } from '../parts/store.ts'
import { toast } from '../parts/toasts.tsx'
import { createFileAdder, type FileAdder } from '../stores/file-adder.ts'
import { createInterruptedUploads, type InterruptedUploads } from '../uploads/interrupted-uploads.ts'
import { createUploadQueue, type UploadQueue } from '../uploads/upload-queue.ts'
import { forgetUploadSessions } from '../uploads/upload-sessions.ts'
import { createClients } from './create-client.ts'
import { forgetSession, type Session, storedSession, storeSession } from './stored-session.ts'

/** State that all pages of a signed-in user share. */
export interface Workspace {
  readonly session: Session
  client(): Waybill
  readonly organization: Store<Organization | null>
  readonly files: FileList
  /** Adds files to vector stores. */
  readonly adder: FileAdder
  readonly uploads: UploadQueue
  readonly interrupted: InterruptedUploads
  /** Loads the organization's storage use again. */
  refreshOrganization(): void
  /** Replaces the key with another one of the same organization. */
  adoptKey(apiKey: string): void
}

const REFRESH_MS = 400

/** Message that tells the user why they were signed out, or null. */
const signOutReason = createStore<string | null>(null)
const current = createStore<Workspace | null>(null)

// Restores the session of this tab, if it has one.
const stored = storedSession()
if (stored !== null) current.set(openWorkspace(stored, null))

export const workspace = {
  current,
  signOutReason,
  /** Rejects when the service does not accept the key for this organization. Nothing is stored then. */
  signIn: async (session: Session): Promise<void> => {
    const { calls } = createClients(session, () => {})
    const organization = await calls.organizations.get()
    storeSession(session)
    signOutReason.set(null)
    current.set(openWorkspace(session, organization))
  },
  /** Cancels unfinished uploads. Removes the key and the state of all uploads from the browser. */
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
  signOutReason.set(reason)
  current.set(null)
}

function openWorkspace(first: Session, known: Organization | null): Workspace {
  let session = first
  const connect = (next: Session) => {
    // A refused request with a key that has been replaced does not concern the new key.
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
  const adder = createFileAdder(() => clients.calls)
  const uploads = createUploadQueue(
    () => clients.uploads,
    interrupted,
    (file, storeId) => {
      files.add(file)
      refreshOrganization()
      if (storeId === null) return
      const name = formatName(file.original_filename)
      adder
        .add(storeId, [file.id])
        .catch((error: Error) => toast(`${name} is uploaded, but not in the store: ${error.message}`))
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
    adder,
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

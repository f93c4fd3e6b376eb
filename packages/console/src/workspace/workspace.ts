import type { Me, Organization, Waybill, WaybillFile } from '@waybill/sdk'
import { createFileList, type FileList } from '../files/file-list.ts'
import { createLiveEvents, type LiveEvents } from '../live/live-events.ts'
import { formatName } from '../parts/format.ts'
import { refocus } from '../parts/refocus.ts'
import { createStore, type Store } from '../parts/store.ts'
import { createThrottle } from '../parts/throttle.ts'
import { toast } from '../parts/toasts.tsx'
import { noteUser } from '../sign-in/pending-sign-in.ts'
import type { UserTokens } from '../sign-in/user-tokens.ts'
import { createFileAdder, type FileAdder } from '../stores/file-adder.ts'
import { createInterruptedUploads, type InterruptedUploads } from '../uploads/interrupted-uploads.ts'
import { createStoreAdditions, type StoreAdditions } from '../uploads/store-additions.ts'
import { createUploadQueue, type UploadQueue } from '../uploads/upload-queue.ts'
import { cancelUploadSessions, forgetUploadSessions } from '../uploads/upload-sessions.ts'
import { type Clients, createClients } from './create-client.ts'
import {
  forgetSession,
  lastOrganizationId,
  type Session,
  storedSession,
  storeSession,
} from './stored-session.ts'

/** State that all pages of a signed-in user share. */
export interface Workspace {
  readonly session: Session
  client(): Waybill
  /** Client that is signed in; null until it is loaded. */
  readonly me: Store<Me | null>
  readonly live: LiveEvents
  readonly organization: Store<Organization | null>
  readonly files: FileList
  /** Adds files to vector stores. */
  readonly adder: FileAdder
  readonly uploads: UploadQueue
  readonly interrupted: InterruptedUploads
  readonly additions: StoreAdditions
  /** Loads the organization's storage use again. */
  refreshOrganization(): void
  /** Shows another organization of the user. Uploads that have not ended stay interrupted. */
  switchTo(organizationId: string): void
  /** Replaces the key with another one of the same organization. */
  adoptKey(apiKey: string): void
}

const REFRESH_EVERY_MS = 1000
/** Longest time that signing out waits for requests; the service later ends uploads that were not cancelled. */
const MAX_CANCEL_MS = 2000
/** Events of files and uploads, which change the storage use. */
const CHANGES_STORAGE = /^(?:file|upload)\./

/** Message that tells the user why they were signed out, or null. */
const signOutReason = createStore<string | null>(null)
const current = createStore<Workspace | null>(null)

// Restores the session of this tab, if it has one.
const stored = storedSession()
if (stored !== null) current.set(openWorkspace(stored, null, null))

export const workspace = {
  current,
  signOutReason,
  /** Rejects when the service does not accept the key for this organization. Nothing is stored then. */
  signIn: async (session: Session): Promise<void> => {
    const { calls } = createClients(session, () => {})
    const [organization, me] = await Promise.all([calls.organizations.get(), calls.me().catch(() => null)])
    storeSession(session)
    signOutReason.set(null)
    current.set(openWorkspace(session, organization, me))
  },
  /** Rejects when the user is in no organization. */
  signInUser: async (tokens: UserTokens): Promise<void> => {
    const last = lastOrganizationId()
    const { calls } = createClients({ apiKey: null, tokens, organizationId: last, isKept: false }, () => {})
    const me = await calls.me()
    const ids = me.organizations.map(({ id }) => id)
    const organizationId = ids.find((id) => id === last) ?? ids[0]
    if (organizationId === undefined) {
      tokens.forget()
      throw new Error(
        `${me.user?.email ?? 'This user'} is in no organization. An administrator can invite the address.`,
      )
    }
    const session = { apiKey: null, tokens, organizationId, isKept: false }
    storeSession(session)
    signOutReason.set(null)
    current.set(openWorkspace(session, null, me))
  },
  /**
   * Cancels unfinished uploads. Removes the key and the state of all uploads from the browser. Sends a user to the page of
   * the provider that ends the session there, if it has one.
   */
  signOut: async (): Promise<void> => {
    const cancelled = Promise.all([current.get()?.uploads.cancelAll(), current.get()?.interrupted.forget()])
    current.get()?.additions.forget()
    forgetUploadSessions()
    const tokens = current.get()?.session.tokens ?? null
    tokens?.forget()
    noteUser(false)
    leave(null)
    // Another page would abort the requests that cancel the uploads.
    await Promise.race([cancelled, delay(MAX_CANCEL_MS)])
    const signOutUrl = tokens?.signOutUrl ?? null
    if (signOutUrl !== null && current.get() === null) window.location.assign(signOutUrl)
  },
}

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

function close(): void {
  current.get()?.live.close()
  current.get()?.uploads.close()
  current.get()?.interrupted.close()
}

function leave(reason: string | null): void {
  close()
  forgetSession()
  signOutReason.set(reason)
  current.set(null)
  // The first field of the form to sign in.
  refocus('.sign-in input')
}

function openWorkspace(first: Session, known: Organization | null, knownMe: Me | null): Workspace {
  let session = first
  const connect = (next: Session) => {
    // A refused request with a key that has been replaced does not concern the new key.
    return createClients(next, () => {
      if (session === next && current.get() === opened)
        leave(
          session.tokens === null
            ? 'The service does not accept this key any more.'
            : 'Your sign-in has ended. Sign in again to go on.',
        )
    })
  }
  let clients = connect(session)
  const organization = createStore(known)
  const { me, loadMe } = createMe(knownMe, () => clients.calls.me())
  const refreshing = createThrottle(async () => {
    organization.set(await clients.calls.organizations.get().catch(() => organization.get()))
  }, REFRESH_EVERY_MS)
  const refreshOrganization = refreshing.request
  const files = createFileList(() => clients.calls, refreshOrganization)
  const adder = createFileAdder(() => clients.calls)
  const uploading = createUploading(
    session.organizationId,
    () => clients,
    adder,
    (file) => {
      files.add(file)
      refreshOrganization()
    },
  )
  const live = createLiveEvents((onBytes) => clients.openStream(onBytes))
  live.subscribe((events) => {
    files.apply(events)
    loadMe()
    if (events === null || events.some(({ type }) => CHANGES_STORAGE.test(type))) refreshOrganization()
  })
  live.state.subscribe(loadMe)
  if (known === null) refreshOrganization()
  const opened: Workspace = {
    get session() {
      return session
    },
    client: () => clients.calls,
    me,
    live,
    organization,
    files,
    adder,
    ...uploading,
    refreshOrganization,
    switchTo: (organizationId) => {
      close()
      const next = { ...session, organizationId }
      storeSession(next)
      current.set(openWorkspace(next, null, me.get()))
    },
    adoptKey: (apiKey) => {
      session = { ...session, apiKey }
      clients = connect(session)
      storeSession(session)
    },
  }
  return opened
}

/** Creates the store of who is signed in, and loads it. `loadMe` does so again while it is not known. */
function createMe(known: Me | null, load: () => Promise<Me>) {
  const me = createStore(known)
  const loading = createThrottle(async () => {
    if (me.get() === null) me.set(await load().catch(() => null))
  }, REFRESH_EVERY_MS)
  loading.request()
  return { me, loadMe: loading.request }
}

/** Creates the queue of uploads, with what a reload interrupts. */
function createUploading(
  organizationId: string,
  clients: () => Clients,
  adder: FileAdder,
  onUploaded: (file: WaybillFile) => void,
): Pick<Workspace, 'uploads' | 'interrupted' | 'additions'> {
  const interrupted = createInterruptedUploads(organizationId, (cancelled) =>
    cancelUploadSessions(clients().calls, organizationId, cancelled),
  )
  const additions = createStoreAdditions(
    organizationId,
    ({ storeId, fileId }) => adder.add(storeId, [fileId]),
    ({ filename }, error, others) => {
      const names =
        others === 0 ? `${formatName(filename)} is` : `${formatName(filename)} and ${others} more are`
      toast(`${names} uploaded, but not in the store: ${error.message}`)
    },
  )
  const uploads = createUploadQueue(
    () => clients().uploads,
    interrupted,
    (file, storeId) => {
      onUploaded(file)
      if (storeId !== null) additions.add({ storeId, fileId: file.id, filename: file.original_filename })
    },
  )
  additions.resume()
  return { uploads, interrupted, additions }
}

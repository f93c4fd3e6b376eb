import { useEffect } from 'react'
import { FilesPage } from '../files/files-page.tsx'
import { KeysPage } from '../keys/keys-page.tsx'
import { ErrorBoundary } from '../parts/error-boundary.tsx'
import { Toasts } from '../parts/toasts.tsx'
import { StoragePage } from '../storage/storage-page.tsx'
import { StoresPage } from '../stores/stores-page.tsx'
import { TrashPage } from '../trash/trash-page.tsx'
import { DropZone } from '../uploads/drop-zone.tsx'
import { UploadAnnouncer } from '../uploads/upload-announcer.tsx'
import { UploadDock } from '../uploads/upload-dock.tsx'
import { WithScope } from '../workspace/with-scope.tsx'
import { lazyPage } from './lazy-page.tsx'
import { type PageName, usePlace } from './router.ts'
import { Sidebar } from './sidebar.tsx'
import './shell.css'

// Pages that most visits do not need.
const AskPage = lazyPage(async () => (await import('../ask/ask-page.tsx')).AskPage)
const EventsPage = lazyPage(async () => (await import('../events/events-page.tsx')).EventsPage)
const WebhooksPage = lazyPage(async () => (await import('../webhooks/webhooks-page.tsx')).WebhooksPage)
const MembersPage = lazyPage(async () => (await import('../members/members-page.tsx')).MembersPage)

const CONTENT: Readonly<Record<PageName, React.ComponentType>> = {
  files: FilesPage,
  trash: TrashPage,
  stores: StoresPage,
  ask: AskPage,
  storage: StoragePage,
  keys: KeysPage,
  events: EventsPage,
  webhooks: WebhooksPage,
  members: MembersPage,
}
const TITLES: Readonly<Record<PageName, string>> = {
  files: 'Files',
  trash: 'Trash',
  stores: 'Vector stores',
  ask: 'Ask',
  storage: 'Storage',
  keys: 'API keys',
  events: 'Events',
  webhooks: 'Webhooks',
  members: 'Members',
}

/** Frame of all pages: navigation and uploads, which continue when the page changes. */
export function Shell() {
  const { page } = usePlace()
  const Page = CONTENT[page]
  useEffect(() => {
    document.title = `${TITLES[page]} · Waybill`
  }, [page])
  return (
    <div className="shell">
      <a className="skip" href="#main">
        Skip to the content
      </a>
      <Sidebar page={page} />
      <main id="main" tabIndex={-1}>
        <ErrorBoundary key={page} className="page" message="This page cannot be shown.">
          <Page />
        </ErrorBoundary>
      </main>
      <UploadDock />
      <UploadAnnouncer />
      <WithScope scope="files:write">
        <DropZone />
      </WithScope>
      <Toasts />
    </div>
  )
}

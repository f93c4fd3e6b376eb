import { useEffect } from 'react'
import { FilesPage } from '../files/files-page.tsx'
import { KeysPage } from '../keys/keys-page.tsx'
import { Toasts } from '../parts/toasts.tsx'
import { StoragePage } from '../storage/storage-page.tsx'
import { StoresPage } from '../stores/stores-page.tsx'
import { DropZone } from '../uploads/drop-zone.tsx'
import { UploadAnnouncer } from '../uploads/upload-announcer.tsx'
import { UploadDock } from '../uploads/upload-dock.tsx'
import { type PageName, usePlace } from './router.ts'
import { Sidebar } from './sidebar.tsx'
import './shell.css'

const CONTENT: Readonly<Record<PageName, () => React.ReactNode>> = {
  files: FilesPage,
  stores: StoresPage,
  storage: StoragePage,
  keys: KeysPage,
}
const TITLES: Readonly<Record<PageName, string>> = {
  files: 'Files',
  stores: 'Vector stores',
  storage: 'Storage',
  keys: 'API keys',
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
        <Page />
      </main>
      <UploadDock />
      <UploadAnnouncer />
      <DropZone />
      <Toasts />
    </div>
  )
}

import { useState } from 'react'
import { ConfirmDialog } from '../parts/confirm-dialog.tsx'
import { formatCount } from '../parts/format.ts'
import { Icon, type IconName } from '../parts/icon.tsx'
import { useStore } from '../parts/store.ts'
import { StorageMeter } from '../storage/storage-meter.tsx'
import { isUnfinished } from '../uploads/upload-queue.ts'
import { SERVICE_URL } from '../workspace/service-url.ts'
import { workspace } from '../workspace/workspace.ts'
import { useWorkspace } from '../workspace/workspace-context.ts'
import { Brand } from './brand.tsx'
import { PlaceLink } from './place-link.tsx'
import { type PageName, placeOfPage } from './router.ts'
import { ThemeSwitch } from './theme-switch.tsx'

const LINKS: readonly { page: PageName; icon: IconName; label: string }[] = [
  { page: 'files', icon: 'file', label: 'Files' },
  { page: 'stores', icon: 'search', label: 'Vector stores' },
  { page: 'storage', icon: 'disk', label: 'Storage' },
  { page: 'keys', icon: 'key', label: 'API keys' },
]

export function Sidebar({ page }: { readonly page: PageName }) {
  const { organization, session } = useWorkspace()
  const known = useStore(organization)
  return (
    <header className="sidebar">
      <Brand />
      <nav aria-label="Pages">
        {LINKS.map((link) => (
          <PlaceLink key={link.page} place={placeOfPage(link.page)} isCurrent={link.page === page}>
            <Icon name={link.icon} size={18} />
            {link.label}
          </PlaceLink>
        ))}
        <a className="reference-link" href={`${SERVICE_URL}/docs`}>
          <Icon name="book" size={18} />
          <span>API reference</span>
        </a>
      </nav>
      <div className="sidebar-foot">
        {known && <StorageMeter organization={known} />}
        <div className="account">
          <div className="account-name">
            <strong>{known?.name ?? session.organizationId}</strong>
            <span className="fine">{session.organizationId}</span>
          </div>
          <ThemeSwitch />
          <SignOutButton />
        </div>
      </div>
    </header>
  )
}

function SignOutButton() {
  const { uploads } = useWorkspace()
  const unfinished = useStore(uploads.items).filter(isUnfinished).length
  const [isAsking, setAsking] = useState(false)
  return (
    <>
      <button
        type="button"
        className="button bare"
        aria-label="Sign out"
        title="Sign out"
        onClick={() => (unfinished > 0 ? setAsking(true) : workspace.signOut())}
      >
        <Icon name="signout" size={18} />
      </button>
      {isAsking && (
        <ConfirmDialog
          title="Sign out?"
          action="Cancel uploads and sign out"
          cancelLabel="Stay signed in"
          isDangerous
          onConfirm={async () => workspace.signOut()}
          onClose={() => setAsking(false)}
        >
          <p>{formatCount(unfinished, 'upload is', 'uploads are')} not finished and will be cancelled.</p>
        </ConfirmDialog>
      )}
    </>
  )
}

import { useEffect, useRef, useState } from 'react'
import { ConfirmDialog } from '../parts/confirm-dialog.tsx'
import { formatCount } from '../parts/format.ts'
import { Icon, type IconName } from '../parts/icon.tsx'
import { useStore } from '../parts/store.ts'
import { StorageMeter } from '../storage/storage-meter.tsx'
import { isUnfinished } from '../uploads/upload-queue.ts'
import { SERVICE_URL } from '../workspace/service-url.ts'
import { type Scope, useMay } from '../workspace/use-scopes.ts'
import { workspace } from '../workspace/workspace.ts'
import { useWorkspace } from '../workspace/workspace-context.ts'
import { Brand } from './brand.tsx'
import { PlaceLink } from './place-link.tsx'
import { goTo, type PageName, placeOfPage } from './router.ts'
import { ThemeSwitch } from './theme-switch.tsx'

interface Link {
  readonly page: PageName
  readonly icon: IconName
  readonly label: string
  /** Scope without which the page has nothing to show. */
  readonly need?: Scope
}

const LINKS: readonly Link[] = [
  { page: 'files', icon: 'file', label: 'Files' },
  { page: 'stores', icon: 'search', label: 'Vector stores' },
  { page: 'storage', icon: 'disk', label: 'Storage' },
  { page: 'events', icon: 'pulse', label: 'Events', need: 'files:read' },
  { page: 'keys', icon: 'key', label: 'API keys', need: 'admin' },
  { page: 'webhooks', icon: 'send', label: 'Webhooks', need: 'admin' },
  { page: 'members', icon: 'people', label: 'Members', need: 'admin' },
]

/** Pages without a link of their own, and the page whose link leads to them. */
const PARENTS: Partial<Record<PageName, PageName>> = { ask: 'stores', trash: 'files' }

export function Sidebar({ page }: { readonly page: PageName }) {
  const { organization, session } = useWorkspace()
  const known = useStore(organization)
  const may = useMay()
  const nav = useRef<HTMLElement>(null)
  // In a narrow window, the links scroll.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the current link changes with the page
  useEffect(() => {
    nav.current?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'center' })
  }, [page])
  return (
    <header className="sidebar">
      <Brand />
      <nav ref={nav} aria-label="Pages">
        {LINKS.filter(({ need }) => need === undefined || may(need)).map((link) => (
          <PlaceLink
            key={link.page}
            place={placeOfPage(link.page)}
            isCurrent={link.page === (PARENTS[page] ?? page)}
          >
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
          <Account organizationName={known?.name ?? session.organizationId} />
          <ThemeSwitch />
          <SignOutButton />
        </div>
      </div>
    </header>
  )
}

/** The organization, and who is signed in. A user of several organizations can choose another one. */
function Account({ organizationName }: { readonly organizationName: string }) {
  const { me, session, switchTo, uploads } = useWorkspace()
  const known = useStore(me)
  const unfinished = useStore(uploads.items).filter(isUnfinished).length
  const [wantedId, setWantedId] = useState<string | null>(null)
  const organizations = known?.organizations ?? []
  const open = (id: string) => {
    goTo(placeOfPage('files'))
    switchTo(id)
  }
  return (
    <div className="account-name">
      {organizations.length > 1 ? (
        <select
          className="organization-choice"
          aria-label="Organization"
          value={session.organizationId}
          onChange={({ currentTarget: { value } }) => (unfinished > 0 ? setWantedId(value) : open(value))}
        >
          {organizations.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </select>
      ) : (
        <strong>{organizationName}</strong>
      )}
      <span className="fine">{known?.user?.name ?? known?.user?.email ?? session.organizationId}</span>
      {wantedId !== null && (
        <ConfirmDialog
          title="Leave this organization?"
          action="Interrupt uploads and go"
          cancelLabel="Stay"
          isDangerous
          onConfirm={async () => open(wantedId)}
          onClose={() => setWantedId(null)}
        >
          <p>
            {formatCount(unfinished, 'upload is', 'uploads are')} not finished. You can resume when you come
            back.
          </p>
        </ConfirmDialog>
      )}
    </div>
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
        onClick={() => (unfinished > 0 ? setAsking(true) : void workspace.signOut())}
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

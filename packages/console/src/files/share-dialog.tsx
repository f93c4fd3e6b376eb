import type { CreatedShareLink, CreateShareLinkBody, ShareLink } from '@waybill/sdk'
import { type FormEvent, useCallback, useState } from 'react'
import { BusyButton } from '../parts/busy-button.tsx'
import { CopyButton } from '../parts/copy-button.tsx'
import { Dialog } from '../parts/dialog.tsx'
import { ErrorNotice } from '../parts/error-notice.tsx'
import { formatDateTime, formatName, formatNumber } from '../parts/format.ts'
import { useLoaded } from '../parts/use-loaded.ts'
import { useWorkspace } from '../workspace/workspace-context.ts'

export interface ShareDialogProps {
  readonly fileId: string
  onClose(): void
}

/** Creates, lists and deletes links with which everybody can download the file. */
export function ShareDialog({ fileId, onClose }: ShareDialogProps) {
  const { client, files } = useWorkspace()
  const load = useCallback(
    (signal: AbortSignal) => client().files.links.list(fileId, { signal }),
    [client, fileId],
  )
  const { value: links, error, reload } = useLoaded(load)
  const [created, setCreated] = useState<CreatedShareLink | null>(null)
  const remove = async (id: string) => {
    await client().files.links.delete(fileId, id)
    if (created?.id === id) setCreated(null)
    reload()
  }
  const name = files.find(fileId)?.original_filename ?? 'the file'
  return (
    <Dialog title={`Share ${formatName(name)}`} onClose={onClose}>
      <div className="dialog-body">
        <p>Everybody who has a link can download the file, without a key.</p>
        <LinkForm
          fileId={fileId}
          onCreated={(link) => {
            setCreated(link)
            reload()
          }}
        />
        {created && <CreatedLink url={created.url} />}
        {error && <ErrorNotice error={error} onRetry={reload} />}
        {links && <LinkList links={links} onDelete={remove} />}
      </div>
      <footer className="dialog-foot">
        <button type="button" className="button" onClick={onClose}>
          Done
        </button>
      </footer>
    </Dialog>
  )
}

const HOUR_SECONDS = 3600
const EXPIRIES: readonly { readonly label: string; readonly seconds: number | null }[] = [
  { label: '1 hour', seconds: HOUR_SECONDS },
  { label: '1 day', seconds: 24 * HOUR_SECONDS },
  { label: '7 days', seconds: 7 * 24 * HOUR_SECONDS },
  { label: '30 days', seconds: 30 * 24 * HOUR_SECONDS },
  { label: 'Never', seconds: null },
]
const DEFAULT_SECONDS = 7 * 24 * HOUR_SECONDS

interface LinkFormProps {
  readonly fileId: string
  onCreated(link: CreatedShareLink): void
}

function LinkForm({ fileId, onCreated }: LinkFormProps) {
  const { client } = useWorkspace()
  const [error, setError] = useState<Error | null>(null)
  const [isBusy, setBusy] = useState(false)
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const body = bodyOf(new FormData(event.currentTarget))
    setBusy(true)
    setError(null)
    try {
      onCreated(await client().files.links.create(fileId, body))
    } catch (failure) {
      setError(failure as Error)
    }
    setBusy(false)
  }
  return (
    <form className="link-form" onSubmit={submit}>
      {error && <ErrorNotice error={error} />}
      <label className="field">
        <span>Expires after</span>
        <select name="expiry" defaultValue={DEFAULT_SECONDS}>
          {EXPIRIES.map(({ label, seconds }) => (
            <option key={label} value={seconds ?? ''}>
              {label}
            </option>
          ))}
        </select>
      </label>
      <label className="field">
        <span>Downloads</span>
        <input type="number" name="downloads" min={1} max={1_000_000} step={1} placeholder="Any number" />
      </label>
      <BusyButton type="submit" className="button primary" isBusy={isBusy}>
        Create link
      </BusyButton>
    </form>
  )
}

function bodyOf(fields: FormData): CreateShareLinkBody {
  const numberOf = (name: string) => Number(fields.get(name)) || null
  return { expires_in: numberOf('expiry'), max_downloads: numberOf('downloads') }
}

function CreatedLink({ url }: { readonly url: string }) {
  return (
    <div className="link-created" role="status">
      <p>
        Copy the link now. <strong>It will not be shown again.</strong>
      </p>
      <div className="link-url">
        <input
          readOnly
          aria-label="Link"
          value={url}
          onFocus={({ currentTarget }) => currentTarget.select()}
        />
        <CopyButton label="Copy the link" text={url} isLabelled />
      </div>
    </div>
  )
}

interface LinkListProps {
  readonly links: readonly ShareLink[]
  onDelete(id: string): Promise<void>
}

function LinkList({ links, onDelete }: LinkListProps) {
  if (links.length === 0) return <p className="quiet">This file has no links.</p>
  return (
    <section aria-labelledby="links-title">
      <h3 id="links-title">Links</h3>
      <ul className="links">
        {links.map((link) => (
          <LinkItem key={link.id} link={link} onDelete={() => onDelete(link.id)} />
        ))}
      </ul>
    </section>
  )
}

function LinkItem({ link, onDelete }: { readonly link: ShareLink; onDelete(): Promise<void> }) {
  const [isBusy, setBusy] = useState(false)
  const [error, setError] = useState<Error | null>(null)
  const { created_at, expires_at, downloads, max_downloads } = link
  const created = formatDateTime(created_at)
  const limit = max_downloads === null ? '' : ` of ${formatNumber(max_downloads)}`
  const remove = () => {
    setBusy(true)
    onDelete().catch((failure: Error) => {
      setError(failure)
      setBusy(false)
    })
  }
  return (
    <li>
      <div>
        <p>{expires_at === null ? 'Does not expire' : `Until ${formatDateTime(expires_at)}`}</p>
        <p className="fine">
          Created {created} · {formatNumber(downloads)}
          {limit} downloaded
        </p>
        {error && <ErrorNotice error={error} />}
      </div>
      <BusyButton
        className="button danger-quiet"
        isBusy={isBusy}
        aria-label={`Delete the link of ${created}`}
        onClick={remove}
      >
        Delete
      </BusyButton>
    </li>
  )
}

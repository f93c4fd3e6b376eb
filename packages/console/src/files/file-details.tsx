import { NotFoundError, type WaybillEvent, type WaybillFile } from '@waybill/sdk'
import { type ReactNode, useCallback, useEffect, useRef } from 'react'
import { useLiveRefresh } from '../live/use-live-refresh.ts'
import { CopyButton } from '../parts/copy-button.tsx'
import { ErrorNotice } from '../parts/error-notice.tsx'
import { formatBytes, formatCount, formatDateTime, formatName } from '../parts/format.ts'
import { Icon } from '../parts/icon.tsx'
import { refocus } from '../parts/refocus.ts'
import { useStore } from '../parts/store.ts'
import { toast } from '../parts/toasts.tsx'
import { useLoaded } from '../parts/use-loaded.ts'
import { PlaceLink } from '../shell/place-link.tsx'
import { placeOfFolder } from '../shell/router.ts'
import { WithScope } from '../workspace/with-scope.tsx'
import { useWorkspace } from '../workspace/workspace-context.ts'
import { curlOfFile } from './curl-of-file.ts'
import { downloadFiles } from './download-files.ts'
import { FilePreview } from './file-preview.tsx'

export interface FileDetailsProps {
  readonly fileId: string
  onClose(): void
  onEdit(): void
  onShare(): void
  onDelete(): void
}

export function FileDetails({ fileId, onClose, ...actions }: FileDetailsProps) {
  const { files } = useWorkspace()
  useStore(files.state)
  const load = useCallback((signal: AbortSignal) => files.get(fileId, signal), [files, fileId])
  const { value, error, reload, refresh } = useLoaded(load)
  const concerns = useCallback(({ data }: WaybillEvent) => data.id === fileId, [fileId])
  useLiveRefresh(concerns, refresh)
  // The list shows the file until it is loaded, and has the changes that this page made since.
  const file = files.find(fileId) ?? value
  const isGone = file !== null && error instanceof NotFoundError
  const name = file ? formatName(file.original_filename) : 'Loading…'
  const close = useRef<HTMLButtonElement>(null)
  useEffect(() => close.current?.focus(), [])
  useEffect(() => {
    if (isGone) refocus('.details button')
  }, [isGone])
  return (
    <aside
      className="details"
      aria-label="Details"
      onKeyDown={(event) => {
        if (event.key === 'Escape' && !event.defaultPrevented) onClose()
      }}
    >
      <header>
        <h2 dir="auto" title={name}>
          {name}
        </h2>
        <button
          ref={close}
          type="button"
          className="button bare"
          aria-label="Close the details"
          onClick={onClose}
        >
          <Icon name="close" />
        </button>
      </header>
      {isGone && (
        <div className="notice" role="alert">
          <Icon name="alert" />
          <div>This file was deleted.</div>
        </div>
      )}
      {error && !isGone && <ErrorNotice error={error} onRetry={reload} />}
      {file && !isGone && <Facts file={file} {...actions} />}
    </aside>
  )
}

interface FactsProps extends Pick<FileDetailsProps, 'onEdit' | 'onShare' | 'onDelete'> {
  readonly file: WaybillFile
}

function Facts({ file, onEdit, onShare, onDelete }: FactsProps) {
  const { client } = useWorkspace()
  const curl = curlOfFile(file)
  const download = () => downloadFiles(client(), [file.id]).catch((error: Error) => toast(error.message))
  return (
    <div className="details-body">
      <FilePreview file={file} />
      <div className="details-actions">
        <button type="button" className="button primary" onClick={download}>
          <Icon name="download" /> Download
        </button>
        <WithScope scope="files:write">
          <button type="button" className="button" onClick={onShare}>
            <Icon name="share" /> Share
          </button>
          <button type="button" className="button" onClick={onEdit}>
            <Icon name="pencil" /> Edit
          </button>
          <button type="button" className="button danger-quiet" onClick={onDelete}>
            <Icon name="trash" /> Delete
          </button>
        </WithScope>
      </div>
      <dl className="facts">
        <Fact label="Folder">
          {file.path === null ? (
            <span className="fine">None</span>
          ) : (
            <PlaceLink place={placeOfFolder(file.path)}>
              <bdi>{formatName(file.path)}</bdi>
            </PlaceLink>
          )}
        </Fact>
        <Fact label="Type">{file.mime_type}</Fact>
        <Fact label="Detected type">
          {file.detected_mime_type ?? <span className="fine">No signature</span>}
        </Fact>
        <Fact label="Size">
          {formatBytes(file.file_size)} <span className="fine">{formatCount(file.file_size, 'byte')}</span>
        </Fact>
        <Fact label="Uploaded">{formatDateTime(file.uploaded_at)}</Fact>
        {file.damaged_at && <Fact label="Found damaged">{formatDateTime(file.damaged_at)}</Fact>}
        <Fact label="Uploaded by" copyable={file.uploaded_by ?? file.uploaded_by_api_key_id} />
        <Fact label="CRC-32C" copyable={file.crc32c} />
        {file.md5 !== null && <Fact label="MD5" copyable={file.md5} />}
        {file.sha256 !== null && <Fact label="SHA-256" copyable={file.sha256} />}
        {Object.entries(file.metadata).map(([key, text]) => (
          <Fact key={key} label={formatName(key)}>
            <bdi>{formatName(text)}</bdi>
          </Fact>
        ))}
        <Fact label="File id" copyable={file.id} />
        <Fact label="Organization" copyable={file.organization_id} />
        <Fact label="Storage path" copyable={file.storage_path} />
      </dl>
      <section aria-labelledby="curl-title">
        <header className="section-head">
          <h3 id="curl-title">With curl</h3>
          <CopyButton label="Copy the commands" text={curl} isLabelled />
        </header>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: keyboard users need the focus to scroll it */}
        <pre className="code" tabIndex={0} role="group" aria-label="Commands">
          {curl}
        </pre>
      </section>
    </div>
  )
}

interface FactProps {
  readonly label: string
  readonly children?: ReactNode
  /** Value to show with a copy button. */
  readonly copyable?: string | null
}

function Fact({ label, children, copyable = null }: FactProps) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>
        {copyable === null ? (
          (children ?? '—')
        ) : (
          <>
            <code>{copyable}</code>
            <CopyButton label={`Copy ${label}`} text={copyable} />
          </>
        )}
      </dd>
    </div>
  )
}

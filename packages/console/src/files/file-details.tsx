import type { WaybillFile } from '@waybill/sdk'
import { type ReactNode, useCallback, useEffect, useRef } from 'react'
import { CopyButton } from '../parts/copy-button.tsx'
import { ErrorNotice } from '../parts/error-notice.tsx'
import { formatBytes, formatDateTime, formatName, formatNumber } from '../parts/format.ts'
import { Icon } from '../parts/icon.tsx'
import { toast } from '../parts/toasts.tsx'
import { useLoaded } from '../parts/use-loaded.ts'
import { useWorkspace } from '../workspace/workspace-context.ts'
import { curlOfFile } from './curl-of-file.ts'
import { downloadFiles } from './download-files.ts'
import { FilePreview } from './file-preview.tsx'

export interface FileDetailsProps {
  readonly fileId: string
  onClose(): void
  onDelete(): void
}

export function FileDetails({ fileId, onClose, onDelete }: FileDetailsProps) {
  const { client, files } = useWorkspace()
  const load = useCallback(
    async (signal: AbortSignal) => files.find(fileId) ?? client().files.get(fileId, { signal }),
    [client, files, fileId],
  )
  const { value: file, error, reload } = useLoaded(load)
  const name = file ? formatName(file.original_filename) : 'Loading…'
  const close = useRef<HTMLButtonElement>(null)
  useEffect(() => close.current?.focus(), [])
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
      {error && <ErrorNotice error={error} onRetry={reload} />}
      {file && <Facts file={file} onDelete={onDelete} />}
    </aside>
  )
}

function Facts({ file, onDelete }: { readonly file: WaybillFile; onDelete(): void }) {
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
        <button type="button" className="button danger-quiet" onClick={onDelete}>
          <Icon name="trash" /> Delete
        </button>
      </div>
      <dl className="facts">
        <Fact label="Type">{file.mime_type}</Fact>
        <Fact label="Detected type">
          {file.detected_mime_type ?? <span className="fine">No signature</span>}
        </Fact>
        <Fact label="Size">
          {formatBytes(file.file_size)} <span className="fine">{formatNumber(file.file_size)} bytes</span>
        </Fact>
        <Fact label="Uploaded">{formatDateTime(file.uploaded_at)}</Fact>
        <Fact label="Uploaded by" copyable={file.uploaded_by ?? file.uploaded_by_api_key_id} />
        <Fact label="CRC-32C" copyable={file.crc32c} />
        {file.md5 !== null && <Fact label="MD5" copyable={file.md5} />}
        {file.sha256 !== null && <Fact label="SHA-256" copyable={file.sha256} />}
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

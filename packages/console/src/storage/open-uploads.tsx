import type { OpenUpload } from '@waybill/sdk'
import { useCallback, useState } from 'react'
import { isOneOf, useLiveRefresh } from '../live/use-live-refresh.ts'
import { BusyButton } from '../parts/busy-button.tsx'
import { ConfirmDialog } from '../parts/confirm-dialog.tsx'
import { EmptyState } from '../parts/empty-state.tsx'
import { ErrorNotice } from '../parts/error-notice.tsx'
import { formatDateTime, formatName } from '../parts/format.ts'
import { PlainTable } from '../parts/plain-table.tsx'
import { useLoaded } from '../parts/use-loaded.ts'
import { useWorkspace } from '../workspace/workspace-context.ts'
import { receivedText } from './received-text.ts'

const MAX_SHOWN = 100
/** Ends of uploads: their beginning has no event. */
const concernsUploads = isOneOf('file.created', 'file.rejected', 'upload.cancelled', 'upload.expired')

/** Unfinished uploads of the organization, by any client. Each one reserves storage. */
export function OpenUploads() {
  const { client, refreshOrganization } = useWorkspace()
  const load = useCallback(
    async (signal: AbortSignal) => {
      const pages = client().files.listUploads({ limit: MAX_SHOWN }, { signal }).pages()
      for await (const page of pages) return page
      return null
    },
    [client],
  )
  const { value, error, isLoading, reload, refresh } = useLoaded(load)
  useLiveRefresh(concernsUploads, refresh)
  const [toCancel, setToCancel] = useState<OpenUpload | null>(null)
  return (
    <section className="open-uploads" aria-labelledby="open-uploads-title">
      <header className="section-head">
        <h2 id="open-uploads-title">Open uploads</h2>
        <BusyButton className="button" isBusy={isLoading} onClick={reload}>
          Refresh
        </BusyButton>
      </header>
      {error && <ErrorNotice error={error} onRetry={reload} />}
      {value?.uploads.length === 0 && (
        <EmptyState icon="upload" title="No open uploads">
          <p>
            An upload reserves storage when it begins. The reservation ends when the upload is cancelled or
            after a week.
          </p>
        </EmptyState>
      )}
      {value !== null && value.uploads.length > 0 && (
        <UploadTable uploads={value.uploads} onCancel={setToCancel} />
      )}
      {value?.has_more && (
        <p className="quiet">
          Only the newest {MAX_SHOWN} of {value.total} uploads are shown.
        </p>
      )}
      {toCancel && (
        <ConfirmDialog
          title="Cancel this upload?"
          action="Cancel the upload"
          cancelLabel="Keep the upload"
          isDangerous
          onClose={() => setToCancel(null)}
          onConfirm={async () => {
            await client().files.cancelUpload(toCancel.file_id)
            reload()
            refreshOrganization()
          }}
        >
          <p>
            The uploaded part of{' '}
            <strong>
              <bdi>{formatName(toCancel.filename)}</bdi>
            </strong>{' '}
            will be deleted. The client that uploads it cannot resume.
          </p>
        </ConfirmDialog>
      )}
    </section>
  )
}

interface UploadTableProps {
  readonly uploads: readonly OpenUpload[]
  onCancel(upload: OpenUpload): void
}

function UploadTable({ uploads, onCancel }: UploadTableProps) {
  return (
    <PlainTable columns={['Name', 'Received', 'Started', 'Expires']} hasActions>
      {uploads.map((upload) => (
        <tr key={upload.file_id}>
          <th scope="row">
            <bdi>{formatName(upload.filename)}</bdi>
          </th>
          <td data-label="Received">{receivedText(upload)}</td>
          <td data-label="Started">{formatDateTime(upload.created_at)}</td>
          <td data-label="Expires">{formatDateTime(upload.expires_at)}</td>
          <td className="actions">
            <button
              type="button"
              className="button"
              aria-label={`Cancel the upload of ${upload.filename}`}
              onClick={() => onCancel(upload)}
            >
              Cancel
            </button>
          </td>
        </tr>
      ))}
    </PlainTable>
  )
}

import { PermissionError, type Webhook } from '@waybill/sdk'
import { useCallback, useState } from 'react'
import { EmptyState } from '../parts/empty-state.tsx'
import { ErrorNotice } from '../parts/error-notice.tsx'
import { formatDate, formatDateTime, formatName } from '../parts/format.ts'
import { Icon } from '../parts/icon.tsx'
import { PlainTable } from '../parts/plain-table.tsx'
import { useLoaded } from '../parts/use-loaded.ts'
import { PlaceLink } from '../shell/place-link.tsx'
import { placeOfWebhook, usePlace } from '../shell/router.ts'
import { NoPermission } from '../stores/no-permission.tsx'
import { useWorkspace } from '../workspace/workspace-context.ts'
import { WebhookActions } from './webhook-actions.tsx'
import { type OpenWebhookDialog, WebhookDialogs } from './webhook-dialogs.tsx'
import { WebhookPage } from './webhook-page.tsx'
import { WebhookState } from './webhook-state.tsx'
import './webhooks.css'

export function WebhooksPage() {
  const { webhookId } = usePlace()
  return webhookId === null ? <WebhookList /> : <WebhookPage key={webhookId} webhookId={webhookId} />
}

function WebhookList() {
  const { client } = useWorkspace()
  const load = useCallback((signal: AbortSignal) => client().webhooks.list({ signal }), [client])
  const { value: webhooks, error, isLoading, reload } = useLoaded(load)
  const [dialog, setDialog] = useState<OpenWebhookDialog | null>(null)
  if (error instanceof PermissionError) return <NoPermission need="admin" />
  return (
    <div className="page">
      <header className="page-head">
        <h1>Webhooks</h1>
        <div className="page-actions">
          <button type="button" className="button primary" onClick={() => setDialog({ kind: 'create' })}>
            <Icon name="plus" /> Add webhook
          </button>
        </div>
      </header>
      {error && <ErrorNotice error={error} onRetry={reload} />}
      {isLoading && webhooks === null && <p className="quiet">Loading…</p>}
      {webhooks?.length === 0 && (
        <EmptyState icon="send" title="No webhooks yet">
          <p>A webhook is a URL of yours that gets events by POST, signed with a secret.</p>
        </EmptyState>
      )}
      {webhooks !== null && webhooks.length > 0 && <WebhookTable webhooks={webhooks} onOpen={setDialog} />}
      {dialog && <WebhookDialogs dialog={dialog} onOpen={setDialog} onChanged={reload} />}
    </div>
  )
}

interface WebhookTableProps {
  readonly webhooks: readonly Webhook[]
  onOpen(dialog: OpenWebhookDialog): void
}

function WebhookTable({ webhooks, onOpen }: WebhookTableProps) {
  return (
    <PlainTable className="webhooks" columns={['URL', 'Events', 'State', 'Created']} hasActions>
      {webhooks.map((webhook) => {
        const { id, url, description, created_at } = webhook
        return (
          <tr key={id}>
            <th scope="row">
              <PlaceLink place={placeOfWebhook(id)}>{url}</PlaceLink>
              {description !== null && <p className="fine">{formatName(description)}</p>}
            </th>
            <td data-label="Events">
              <WebhookTypes webhook={webhook} />
            </td>
            <td data-label="State">
              <WebhookState webhook={webhook} />
            </td>
            <td data-label="Created">
              <time dateTime={created_at} title={formatDateTime(created_at)}>
                {formatDate(created_at)}
              </time>
            </td>
            <td className="actions">
              <WebhookActions webhook={webhook} onOpen={onOpen} />
            </td>
          </tr>
        )
      })}
    </PlainTable>
  )
}

const MAX_TYPES = 3

/** The types of a webhook, or the first of them. */
function WebhookTypes({ webhook: { types } }: { readonly webhook: Webhook }) {
  if ((types as readonly string[]).includes('*')) return 'all'
  return (
    <span className="tags" title={types.join(', ')}>
      {types.slice(0, MAX_TYPES).map((type) => (
        <span key={type} className="tag">
          {type}
        </span>
      ))}
      {types.length > MAX_TYPES && <span className="fine">and {types.length - MAX_TYPES} more</span>}
    </span>
  )
}

import { NotFoundError, PermissionError, type Webhook } from '@waybill/sdk'
import { useCallback, useState } from 'react'
import { CopyButton } from '../parts/copy-button.tsx'
import { EmptyState } from '../parts/empty-state.tsx'
import { ErrorNotice } from '../parts/error-notice.tsx'
import { formatDateTime, formatName } from '../parts/format.ts'
import { useLoaded } from '../parts/use-loaded.ts'
import { PlaceLink } from '../shell/place-link.tsx'
import { goTo, placeOfPage } from '../shell/router.ts'
import { NoPermission } from '../stores/no-permission.tsx'
import { useWorkspace } from '../workspace/workspace-context.ts'
import { Deliveries } from './deliveries.tsx'
import { WebhookActions } from './webhook-actions.tsx'
import { type OpenWebhookDialog, WebhookDialogs } from './webhook-dialogs.tsx'
import { WebhookState } from './webhook-state.tsx'

/** A webhook with its log. */
export function WebhookPage({ webhookId }: { readonly webhookId: string }) {
  const { client } = useWorkspace()
  const load = useCallback(
    (signal: AbortSignal) => client().webhooks.get(webhookId, { signal }),
    [client, webhookId],
  )
  const { value: webhook, error, reload, refresh } = useLoaded(load)
  const [dialog, setDialog] = useState<OpenWebhookDialog | null>(null)
  if (error instanceof PermissionError) return <NoPermission need="admin" />
  if (error instanceof NotFoundError) return <NoWebhook />
  return (
    <div className="page">
      <header className="page-head">
        <div className="store-title">
          <nav className="fine" aria-label="Breadcrumb">
            <PlaceLink place={placeOfPage('webhooks')}>Webhooks</PlaceLink>
          </nav>
          <h1 className="breakable">{webhook?.url ?? webhookId}</h1>
        </div>
        {webhook && (
          <div className="page-actions">
            <WebhookActions webhook={webhook} onOpen={setDialog} />
          </div>
        )}
      </header>
      {error && <ErrorNotice error={error} onRetry={reload} />}
      {webhook === null && !error && <p className="quiet">Loading…</p>}
      {webhook && <Facts webhook={webhook} />}
      {webhook && <Deliveries webhookId={webhookId} onChanged={refresh} />}
      {dialog && (
        <WebhookDialogs
          dialog={dialog}
          onOpen={setDialog}
          onChanged={reload}
          onDeleted={() => goTo(placeOfPage('webhooks'), false)}
        />
      )}
    </div>
  )
}

function Facts({ webhook }: { readonly webhook: Webhook }) {
  const { id, description, types, created_at } = webhook
  return (
    <section className="card store-facts" aria-label="About this webhook">
      {description !== null && <p className="breakable">{formatName(description)}</p>}
      <WebhookState webhook={webhook} />
      <p className="fine store-id">
        <code>{id}</code>
        <CopyButton label="Copy the id of the webhook" text={id} />
        <span>Created on {formatDateTime(created_at)}</span>
      </p>
      <p className="tags">
        {types.map((type: string) => (
          <span key={type} className="tag">
            {type === '*' ? 'all events' : type}
          </span>
        ))}
      </p>
    </section>
  )
}

function NoWebhook() {
  return (
    <EmptyState icon="send" title="This webhook does not exist">
      <p>
        It may have been deleted. <PlaceLink place={placeOfPage('webhooks')}>Show all webhooks</PlaceLink>
      </p>
    </EmptyState>
  )
}

import type { Webhook } from '@waybill/sdk'
import { IconButton } from '../parts/icon-button.tsx'
import type { OpenWebhookDialog } from './webhook-dialogs.tsx'

export interface WebhookActionsProps {
  readonly webhook: Webhook
  onOpen(dialog: OpenWebhookDialog): void
}

export function WebhookActions({ webhook, onOpen }: WebhookActionsProps) {
  const { url, is_active } = webhook
  const stateAction = is_active ? 'pause' : 'activate'
  return (
    <>
      <IconButton icon="send" label={`Test ${url}`} onClick={() => onOpen({ kind: 'test', webhook })} />
      <IconButton icon="pencil" label={`Edit ${url}`} onClick={() => onOpen({ kind: 'edit', webhook })} />
      {/* The same button for both actions, so that it gets the focus back after its dialog has closed. */}
      <IconButton
        icon={is_active ? 'pause' : 'play'}
        label={`${is_active ? 'Pause' : 'Activate'} ${url}`}
        onClick={() => onOpen({ kind: stateAction, webhook })}
      />
      <IconButton
        icon="retry"
        label={`Rotate the secret of ${url}`}
        onClick={() => onOpen({ kind: 'rotate', webhook })}
      />
      <IconButton icon="trash" label={`Delete ${url}`} onClick={() => onOpen({ kind: 'delete', webhook })} />
    </>
  )
}

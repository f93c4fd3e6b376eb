import type { Webhook } from '@waybill/sdk'
import type { ReactNode } from 'react'
import { ConfirmDialog } from '../parts/confirm-dialog.tsx'
import { SecretDialog } from '../parts/secret-dialog.tsx'
import { toast } from '../parts/toasts.tsx'
import { useWorkspace } from '../workspace/workspace-context.ts'
import { TestDialog } from './test-dialog.tsx'
import { WebhookForm } from './webhook-form.tsx'

type ActionKind = 'pause' | 'activate' | 'delete'

export type OpenWebhookDialog =
  | { readonly kind: 'create' }
  | { readonly kind: 'secret'; readonly url: string; readonly secret: string }
  | { readonly kind: 'edit' | 'rotate' | 'test' | ActionKind; readonly webhook: Webhook }

export interface WebhookDialogsProps {
  readonly dialog: OpenWebhookDialog
  onOpen(dialog: OpenWebhookDialog | null): void
  onChanged(): void
  onDeleted?(): void
}

export function WebhookDialogs({ dialog, onOpen, onChanged, onDeleted = onChanged }: WebhookDialogsProps) {
  const close = () => onOpen(null)
  const showSecret = (url: string, secret: string) => {
    onOpen({ kind: 'secret', url, secret })
    onChanged()
  }
  switch (dialog.kind) {
    case 'secret':
      return <SecretDialog name={dialog.url} secret={dialog.secret} onClose={close} />
    case 'create':
      return <WebhookForm webhook={null} onClose={close} onCreated={showSecret} onSaved={onChanged} />
    case 'edit':
      return (
        <WebhookForm webhook={dialog.webhook} onClose={close} onCreated={showSecret} onSaved={onChanged} />
      )
    case 'test':
      return <TestDialog webhook={dialog.webhook} onClose={close} onTested={onChanged} />
    case 'rotate':
      return <RotateDialog webhook={dialog.webhook} onClose={close} onRotated={showSecret} />
    default:
      return (
        <ActionDialog
          kind={dialog.kind}
          webhook={dialog.webhook}
          onClose={close}
          onDone={dialog.kind === 'delete' ? onDeleted : onChanged}
        />
      )
  }
}

interface RotateDialogProps {
  readonly webhook: Webhook
  onClose(): void
  onRotated(url: string, secret: string): void
}

function RotateDialog({ webhook, onClose, onRotated }: RotateDialogProps) {
  const { client } = useWorkspace()
  let after = onClose
  return (
    <ConfirmDialog
      title="Rotate the secret?"
      action="Rotate"
      isDangerous
      onClose={() => after()}
      onConfirm={async () => {
        const { url, secret } = await client().webhooks.rotate(webhook.id)
        after = () => onRotated(url, secret)
      }}
    >
      <p>
        The webhook gets a new secret. For a day, requests are signed with both, so that receivers can change.
      </p>
    </ConfirmDialog>
  )
}

const WORDS: Readonly<Record<ActionKind, { title: string; action: string; done: string; text: ReactNode }>> =
  {
    pause: {
      title: 'Pause this webhook?',
      action: 'Pause',
      done: 'The webhook is paused',
      text: 'Events that happen while it is paused are not sent, also not later.',
    },
    activate: {
      title: 'Activate this webhook?',
      action: 'Activate',
      done: 'The webhook is active',
      text: 'Events that happen from now on are sent.',
    },
    delete: {
      title: 'Delete this webhook?',
      action: 'Delete',
      done: 'The webhook is deleted',
      text: 'Nothing more is sent to it, and its log is deleted. This cannot be undone.',
    },
  }

interface ActionDialogProps {
  readonly kind: ActionKind
  readonly webhook: Webhook
  onClose(): void
  onDone(): void
}

function ActionDialog({ kind, webhook, onClose, onDone }: ActionDialogProps) {
  const { client } = useWorkspace()
  const { title, action, done, text } = WORDS[kind]
  return (
    <ConfirmDialog
      title={title}
      action={action}
      isDangerous={kind !== 'activate'}
      onClose={onClose}
      onConfirm={async () => {
        const { webhooks } = client()
        if (kind === 'delete') await webhooks.delete(webhook.id)
        else await webhooks.update(webhook.id, { is_active: kind === 'activate' })
        toast(done)
        onDone()
      }}
    >
      <p className="breakable">
        <code>{webhook.url}</code>
      </p>
      <p>{text}</p>
    </ConfirmDialog>
  )
}

import type { ApiKey } from '@waybill/sdk'
import type { ReactNode } from 'react'
import { ConfirmDialog } from '../parts/confirm-dialog.tsx'
import { SecretDialog } from '../parts/secret-dialog.tsx'
import { toast } from '../parts/toasts.tsx'
import { useWorkspace } from '../workspace/workspace-context.ts'
import { KeyForm } from './key-form.tsx'

interface KeyTarget {
  readonly apiKey: ApiKey
  /** True for the key that the user is signed in with. */
  readonly isOwn: boolean
}

type StateKind = 'pause' | 'unpause' | 'activate' | 'delete'

export type OpenDialog =
  | { readonly kind: 'create' }
  | { readonly kind: 'secret'; readonly name: string; readonly secret: string }
  | ({ readonly kind: 'edit' } & KeyTarget)
  | ({ readonly kind: 'rotate' } & KeyTarget)
  | ({ readonly kind: StateKind } & KeyTarget)

export interface KeyDialogsProps {
  readonly dialog: OpenDialog
  onOpen(dialog: OpenDialog | null): void
  onChanged(): void
}

export function KeyDialogs({ dialog, onOpen, onChanged }: KeyDialogsProps) {
  const close = () => onOpen(null)
  const showSecret = (name: string, secret: string) => {
    onOpen({ kind: 'secret', name, secret })
    onChanged()
  }
  if (dialog.kind === 'secret') return <SecretDialog {...dialog} onClose={close} />
  if (dialog.kind === 'create')
    return <KeyForm apiKey={null} onClose={close} onCreated={showSecret} onSaved={onChanged} />
  if (dialog.kind === 'edit') {
    return <KeyForm apiKey={dialog.apiKey} onClose={close} onCreated={showSecret} onSaved={onChanged} />
  }
  if (dialog.kind === 'rotate') return <RotateDialog {...dialog} onClose={close} onRotated={showSecret} />
  return <StateDialog {...dialog} onClose={close} onChanged={onChanged} />
}

interface RotateDialogProps extends KeyTarget {
  onClose(): void
  onRotated(name: string, secret: string): void
}

function RotateDialog({ apiKey, isOwn, onClose, onRotated }: RotateDialogProps) {
  const { client, adoptKey } = useWorkspace()
  let after = onClose
  return (
    <ConfirmDialog
      title={`Rotate ${apiKey.key_name}?`}
      action="Rotate"
      isDangerous
      onClose={() => after()}
      onConfirm={async () => {
        const { key } = await client().apiKeys.rotate(apiKey.id)
        if (isOwn) adoptKey(key)
        after = () => onRotated(apiKey.key_name, key)
      }}
    >
      <p>The key gets a new secret. The old secret stops working immediately.</p>
      {isOwn && <p>You are signed in with this key. This page will use the new secret.</p>}
    </ConfirmDialog>
  )
}

const WORDS: Readonly<Record<StateKind, { action: string; done: string; text: ReactNode }>> = {
  pause: {
    action: 'Pause',
    done: 'paused',
    text: 'Requests with this key are refused until you unpause it.',
  },
  unpause: { action: 'Unpause', done: 'unpaused', text: 'The key will work again.' },
  activate: { action: 'Activate', done: 'activated', text: 'The key will work again.' },
  delete: {
    action: 'Delete',
    done: 'deleted',
    text: 'Requests with this key are refused, its unfinished uploads are cancelled and its download URLs stop working. This cannot be undone.',
  },
}

interface StateDialogProps extends KeyTarget {
  readonly kind: StateKind
  onClose(): void
  onChanged(): void
}

function StateDialog({ kind, apiKey, isOwn, onClose, onChanged }: StateDialogProps) {
  const { client } = useWorkspace()
  const { action, done, text } = WORDS[kind]
  const isDangerous = kind === 'delete' || kind === 'pause'
  return (
    <ConfirmDialog
      title={`${action} ${apiKey.key_name}?`}
      action={action}
      isDangerous={isDangerous}
      onClose={onClose}
      onConfirm={async () => {
        const result = await client().apiKeys[kind](apiKey.id)
        const created = result && 'created_keys' in result ? result.created_keys_total : 0
        const others =
          created === 0
            ? ''
            : created === 1
              ? '; 1 key that it created still works'
              : `; ${created} keys that it created still work`
        toast(`${apiKey.key_name}: ${done}${others}`)
        onChanged()
      }}
    >
      <p>{text}</p>
      {isOwn && isDangerous && <p>You are signed in with this key and will be signed out.</p>}
    </ConfirmDialog>
  )
}

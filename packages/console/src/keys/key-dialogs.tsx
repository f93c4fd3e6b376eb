import type { ApiKey } from '@waybill/sdk'
import type { ReactNode } from 'react'
import { ConfirmDialog } from '../parts/confirm-dialog.tsx'
import { toast } from '../parts/toasts.tsx'
import { useWorkspace } from '../workspace/workspace-context.ts'
import { KeyForm } from './key-form.tsx'
import { SecretDialog } from './secret-dialog.tsx'

interface OfKey {
  readonly apiKey: ApiKey
  /** Whether it is the one that somebody is signed in with. */
  readonly isOwn: boolean
}

type StateKind = 'pause' | 'unpause' | 'activate' | 'delete'

export type OpenDialog =
  | { readonly kind: 'create' }
  | { readonly kind: 'secret'; readonly name: string; readonly secret: string }
  | ({ readonly kind: 'edit' } & OfKey)
  | ({ readonly kind: 'rotate' } & OfKey)
  | ({ readonly kind: StateKind } & OfKey)

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

interface RotateDialogProps extends OfKey {
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
      <p>It gets a new secret. Whoever uses the old one is refused from now on.</p>
      {isOwn && <p>It is the key that you are signed in with: this page goes on with the new one.</p>}
    </ConfirmDialog>
  )
}

const WORDS: Readonly<Record<StateKind, { action: string; done: string; text: ReactNode }>> = {
  pause: { action: 'Pause', done: 'paused', text: 'It is refused until it is unpaused.' },
  unpause: { action: 'Unpause', done: 'works again', text: 'It works again from now on.' },
  activate: { action: 'Activate', done: 'works again', text: 'It works again from now on.' },
  delete: {
    action: 'Delete',
    done: 'deleted',
    text: 'It is refused from now on, and so are its unfinished uploads and its download links. This cannot be undone.',
  },
}

interface StateDialogProps extends OfKey {
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
        const answer = await client().apiKeys[kind](apiKey.id)
        const created = answer && 'created_keys' in answer ? answer.created_keys_total : 0
        const others =
          created === 0 ? '' : `; ${created} ${created === 1 ? 'key' : 'keys'} that it created still work`
        toast(`${apiKey.key_name}: ${done}${others}`)
        onChanged()
      }}
    >
      <p>{text}</p>
      {isOwn && isDangerous && <p>It is the key that you are signed in with: you are signed out by it.</p>}
    </ConfirmDialog>
  )
}

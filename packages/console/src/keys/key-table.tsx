import type { ApiKey } from '@waybill/sdk'
import { formatDate, formatDateTime } from '../parts/format.ts'
import { IconButton } from '../parts/icon-button.tsx'
import { PlainTable } from '../parts/plain-table.tsx'
import { useWorkspace } from '../workspace/workspace-context.ts'
import type { OpenDialog } from './key-dialogs.tsx'

export interface KeyTableProps {
  readonly keys: readonly ApiKey[]
  onOpen(dialog: OpenDialog): void
}

export function KeyTable({ keys, onOpen }: KeyTableProps) {
  return (
    <PlainTable
      className="keys"
      columns={['Name', 'Key', 'Scopes', 'State', 'Last used', 'Expires']}
      hasActions
    >
      {keys.map((key) => (
        <KeyRow key={key.id} apiKey={key} onOpen={onOpen} />
      ))}
    </PlainTable>
  )
}

interface KeyRowProps {
  readonly apiKey: ApiKey
  onOpen(dialog: OpenDialog): void
}

function KeyRow({ apiKey, onOpen }: KeyRowProps) {
  const { session } = useWorkspace()
  const { key_name, key_prefix, scopes, last_used_at, expires_at } = apiKey
  const state = keyStateOf(apiKey)
  const isOwn = session.apiKey?.startsWith(key_prefix) ?? false
  return (
    <tr>
      <th scope="row">
        {key_name} {isOwn && <span className="tag">yours</span>}
      </th>
      <td data-label="Key">
        <code>{key_prefix}…</code>
      </td>
      <td data-label="Scopes">
        <span className="tags">
          {scopes.map((scope) => (
            <span key={scope} className="tag">
              {scope}
            </span>
          ))}
        </span>
      </td>
      <td data-label="State">
        <span className={`state ${state}`}>{state}</span>
      </td>
      <td data-label="Last used">
        {last_used_at === null ? (
          'never'
        ) : (
          <time dateTime={last_used_at} title={formatDateTime(last_used_at)}>
            {formatDate(last_used_at)}
          </time>
        )}
      </td>
      <td data-label="Expires">{expires_at === null ? 'never' : formatDate(expires_at)}</td>
      <KeyActions apiKey={apiKey} isOwn={isOwn} onOpen={onOpen} />
    </tr>
  )
}

const STATE_ACTIONS = { activate: 'Activate', unpause: 'Unpause', pause: 'Pause' } as const

function KeyActions({ apiKey, isOwn, onOpen }: KeyRowProps & { readonly isOwn: boolean }) {
  const { key_name: name, is_active, is_paused } = apiKey
  const stateAction = !is_active ? 'activate' : is_paused ? 'unpause' : 'pause'
  const open = (kind: 'edit' | 'pause' | 'unpause' | 'activate' | 'rotate' | 'delete') => () =>
    onOpen({ kind, apiKey, isOwn })
  return (
    <td className="actions">
      <IconButton icon="pencil" label={`Edit ${name}`} onClick={open('edit')} />
      {/* The same button for all three actions, so that it gets the focus back after its dialog has closed. */}
      <IconButton
        icon={stateAction === 'pause' ? 'pause' : 'play'}
        label={`${STATE_ACTIONS[stateAction]} ${name}`}
        onClick={open(stateAction)}
      />
      <IconButton icon="retry" label={`Rotate ${name}`} onClick={open('rotate')} />
      <IconButton icon="trash" label={`Delete ${name}`} onClick={open('delete')} />
    </td>
  )
}

/** Returns the state of a key. The service accepts only an active one. */
function keyStateOf({
  is_active,
  is_paused,
  expires_at,
}: ApiKey): 'active' | 'paused' | 'deactivated' | 'expired' {
  if (expires_at !== null && Date.parse(expires_at) <= Date.now()) return 'expired'
  if (!is_active) return 'deactivated'
  return is_paused ? 'paused' : 'active'
}

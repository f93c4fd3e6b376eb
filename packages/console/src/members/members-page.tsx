import { type Member, PermissionError } from '@waybill/sdk'
import { useCallback, useState } from 'react'
import { useLiveRefresh } from '../live/use-live-refresh.ts'
import { EmptyState } from '../parts/empty-state.tsx'
import { ErrorNotice } from '../parts/error-notice.tsx'
import { Icon } from '../parts/icon.tsx'
import { useStore } from '../parts/store.ts'
import { useLoaded } from '../parts/use-loaded.ts'
import { NoPermission } from '../stores/no-permission.tsx'
import { useWorkspace } from '../workspace/workspace-context.ts'
import { MemberForm } from './member-form.tsx'
import { MemberTable } from './member-table.tsx'
import { RemoveMemberDialog } from './remove-member-dialog.tsx'
import './members.css'

const STEP = 100
const concernsMembers = ({ type }: { readonly type: string }) => type.startsWith('member.')

type OpenDialog = { readonly kind: 'invite' } | { readonly kind: 'edit' | 'remove'; readonly member: Member }

/** Users of the organization, and invitations. */
export function MembersPage() {
  const { client, me } = useWorkspace()
  const [wanted, setWanted] = useState(STEP)
  const load = useCallback(
    async (signal: AbortSignal) => {
      const found: Member[] = []
      for await (const member of client().members.list({ limit: STEP }, { signal })) {
        if (found.length === wanted) return { found, hasMore: true }
        found.push(member)
      }
      return { found, hasMore: false }
    },
    [client, wanted],
  )
  const { value, error, isLoading, reload, refresh } = useLoaded(load)
  useLiveRefresh(concernsMembers, refresh)
  const known = useStore(me)
  const [dialog, setDialog] = useState<OpenDialog | null>(null)
  const close = () => setDialog(null)
  if (error instanceof PermissionError) return <NoPermission need="admin" />
  return (
    <div className="page">
      <header className="page-head">
        <h1>Members</h1>
        <div className="page-actions">
          <button type="button" className="button primary" onClick={() => setDialog({ kind: 'invite' })}>
            <Icon name="plus" /> Invite
          </button>
        </div>
      </header>
      {error && <ErrorNotice error={error} onRetry={reload} />}
      {isLoading && value === null && <p className="quiet">Loading…</p>}
      {value?.found.length === 0 && (
        <EmptyState icon="people" title="No members yet">
          <p>People sign in with your OpenID Connect provider. Invite them by their e-mail address.</p>
        </EmptyState>
      )}
      {value !== null && value.found.length > 0 && (
        <MemberTable
          members={value.found}
          ownUserId={known?.user?.id ?? null}
          onEdit={(member) => setDialog({ kind: 'edit', member })}
          onRemove={(member) => setDialog({ kind: 'remove', member })}
        />
      )}
      {value?.hasMore && (
        <button type="button" className="button" onClick={() => setWanted(wanted + STEP)}>
          Show more
        </button>
      )}
      {dialog?.kind === 'invite' && <MemberForm member={null} onClose={close} onSaved={reload} />}
      {dialog?.kind === 'edit' && <MemberForm member={dialog.member} onClose={close} onSaved={reload} />}
      {dialog?.kind === 'remove' && (
        <RemoveMemberDialog member={dialog.member} onClose={close} onRemoved={reload} />
      )}
    </div>
  )
}

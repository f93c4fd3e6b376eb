import type { Member } from '@waybill/sdk'
import { useState } from 'react'
import { BusyButton } from '../parts/busy-button.tsx'
import { Dialog, FIRST_FOCUS } from '../parts/dialog.tsx'
import { toast } from '../parts/toasts.tsx'
import { useWorkspace } from '../workspace/workspace-context.ts'
import { MemberError } from './member-error.tsx'
import { memberName } from './member-table.tsx'

export interface RemoveMemberDialogProps {
  readonly member: Member
  onClose(): void
  onRemoved(): void
}

export function RemoveMemberDialog({ member, onClose, onRemoved }: RemoveMemberDialogProps) {
  const { client } = useWorkspace()
  const [error, setError] = useState<Error | null>(null)
  const [isBusy, setBusy] = useState(false)
  const isInvited = member.state === 'invited'
  const name = memberName(member)
  const remove = async () => {
    setBusy(true)
    try {
      await client().members.remove(member.id)
      toast(isInvited ? `The invitation of ${name} is withdrawn` : `${name} is removed`)
      onRemoved()
      onClose()
    } catch (failure) {
      setError(failure as Error)
      setBusy(false)
    }
  }
  return (
    <Dialog
      title={isInvited ? 'Withdraw this invitation?' : 'Remove this member?'}
      onClose={isBusy ? null : onClose}
    >
      <div className="dialog-body">
        <p>
          <strong className="breakable">
            <bdi>{name}</bdi>
          </strong>{' '}
          {isInvited
            ? 'will not become a member by signing in.'
            : 'loses access at once. Files and keys that they have created stay.'}
        </p>
        {error && <MemberError error={error} />}
      </div>
      <footer className="dialog-foot">
        <BusyButton className="button" isBusy={isBusy} onClick={onClose} {...FIRST_FOCUS}>
          Cancel
        </BusyButton>
        <BusyButton className="button danger" isBusy={isBusy} onClick={remove}>
          {isInvited ? 'Withdraw' : 'Remove'}
        </BusyButton>
      </footer>
    </Dialog>
  )
}

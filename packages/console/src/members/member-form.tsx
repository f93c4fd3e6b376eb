import type { Member } from '@waybill/sdk'
import { type FormEvent, useState } from 'react'
import { BusyButton } from '../parts/busy-button.tsx'
import { Dialog, FIRST_FOCUS } from '../parts/dialog.tsx'
import { toast } from '../parts/toasts.tsx'
import { useWorkspace } from '../workspace/workspace-context.ts'
import { MemberError } from './member-error.tsx'
import { memberName } from './member-table.tsx'
import { ROLE_TEXTS, ROLES, type Role } from './role-texts.ts'

export interface MemberFormProps {
  /** The member to change, or null for an invitation. */
  readonly member: Member | null
  onClose(): void
  onSaved(): void
}

export function MemberForm({ member, onClose, onSaved }: MemberFormProps) {
  const { client } = useWorkspace()
  const [error, setError] = useState<Error | null>(null)
  const [isBusy, setBusy] = useState(false)
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const fields = new FormData(event.currentTarget)
    const body = {
      role: fields.get('role') as Role,
      departments: departmentsOf(String(fields.get('departments'))),
    }
    setBusy(true)
    try {
      if (member === null) {
        const email = String(fields.get('email')).trim()
        await client().members.add({ ...body, email })
        toast(`${email} is invited`)
      } else await client().members.update(member.id, body)
      onSaved()
      onClose()
    } catch (failure) {
      setError(failure as Error)
      setBusy(false)
    }
  }
  return (
    <Dialog title={member === null ? 'Invite a member' : `Edit ${memberName(member)}`} onClose={onClose}>
      <form onSubmit={submit}>
        <div className="dialog-body">
          {error && <MemberError error={error} />}
          {member === null && <EmailField />}
          <RoleChoice role={member?.role ?? 'member'} />
          <label className="field">
            <span>
              Departments <span className="fine">(separated by commas)</span>
            </span>
            <input
              name="departments"
              defaultValue={member?.departments.join(', ') ?? ''}
              autoComplete="off"
            />
          </label>
        </div>
        <footer className="dialog-foot">
          <button type="button" className="button" onClick={onClose}>
            Cancel
          </button>
          <BusyButton type="submit" className="button primary" isBusy={isBusy}>
            {member === null ? 'Invite' : 'Save'}
          </BusyButton>
        </footer>
      </form>
    </Dialog>
  )
}

function EmailField() {
  return (
    <>
      <label className="field">
        <span>E-mail address</span>
        <input name="email" type="email" required maxLength={254} autoComplete="off" {...FIRST_FOCUS} />
      </label>
      <p className="fine">
        Waybill sends no mail. Who signs in with this address, verified by the provider, becomes a member.
      </p>
    </>
  )
}

function RoleChoice({ role }: { readonly role: Role }) {
  return (
    <fieldset>
      <legend>Role</legend>
      {ROLES.map((one) => (
        <label key={one} className="check">
          <input type="radio" name="role" value={one} defaultChecked={one === role} />
          <span>
            {one} <span className="fine">{ROLE_TEXTS[one]}</span>
          </span>
        </label>
      ))}
    </fieldset>
  )
}

const departmentsOf = (text: string): string[] => [
  ...new Set(
    text
      .split(',')
      .map((one) => one.trim())
      .filter((one) => one !== ''),
  ),
]

import type { Member } from '@waybill/sdk'
import { formatDate, formatDateTime, formatName } from '../parts/format.ts'
import { IconButton } from '../parts/icon-button.tsx'
import { PlainTable } from '../parts/plain-table.tsx'

export interface MemberTableProps {
  readonly members: readonly Member[]
  /** Id of the user who is signed in; null for a key. */
  readonly ownUserId: string | null
  onEdit(member: Member): void
  onRemove(member: Member): void
}

export function MemberTable({ members, ownUserId, onEdit, onRemove }: MemberTableProps) {
  return (
    <PlainTable className="members" columns={['Name', 'Role', 'Departments', 'State', 'Since']} hasActions>
      {members.map((member) => {
        const { id, user_id, email, role, departments, state, created_at, joined_at } = member
        const name = memberName(member)
        const since = joined_at ?? created_at
        return (
          <tr key={id}>
            <th scope="row">
              <bdi>{name}</bdi>
              {user_id !== null && user_id === ownUserId && <span className="tag you">you</span>}
              {email !== null && email !== name && <p className="fine">{formatName(email)}</p>}
            </th>
            <td data-label="Role">{role}</td>
            <td data-label="Departments">
              {departments.length === 0 ? (
                '—'
              ) : (
                <span className="tags">
                  {departments.map((department) => (
                    <span key={department} className="tag breakable">
                      {formatName(department)}
                    </span>
                  ))}
                </span>
              )}
            </td>
            <td data-label="State">
              <span className={`state ${state}`}>{state}</span>
            </td>
            <td data-label="Since">
              <time dateTime={since} title={formatDateTime(since)}>
                {formatDate(since)}
              </time>
            </td>
            <td className="actions">
              <IconButton icon="pencil" label={`Edit ${name}`} onClick={() => onEdit(member)} />
              <IconButton icon="trash" label={`Remove ${name}`} onClick={() => onRemove(member)} />
            </td>
          </tr>
        )
      })}
    </PlainTable>
  )
}

export const memberName = ({ name, email, user_id, id }: Member): string =>
  formatName(name ?? email ?? user_id ?? id)

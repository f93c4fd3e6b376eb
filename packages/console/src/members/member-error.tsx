import { WaybillError } from '@waybill/sdk'
import { ErrorNotice } from '../parts/error-notice.tsx'

const EXPLANATIONS: ReadonlyMap<string, string> = new Map([
  ['LAST_OWNER', 'This is the only owner. Make somebody else an owner first.'],
  ['MEMBER_EXISTS', 'This address is a member or invited already.'],
  ['MEMBERS_MANAGED_BY_PROVIDER', 'Your sign-in provider decides who is a member here, and in which role.'],
])

/** Error of a change to a member, with what the user can do about it. */
export function MemberError({ error }: { readonly error: Error }) {
  const explanation = error instanceof WaybillError ? EXPLANATIONS.get(error.code) : undefined
  return <ErrorNotice error={explanation === undefined ? error : new Error(explanation)} />
}

import { isRole, parseEmail, ROLES, type Role } from '../../domain/access/user.ts'
import { invalidValue } from '../../domain/invalid-value.ts'

/** Returns the role. Throws VALIDATION_ERROR for an unknown one. */
export function checkRole(role: string): Role {
  if (isRole(role)) return role
  throw invalidValue('role', 'invalid', `must be one of ${ROLES.join(', ')}`, role)
}

/** Returns the address in the form in which it is compared. Throws VALIDATION_ERROR. */
export function checkEmail(text: string): string {
  const email = parseEmail(text)
  if (email !== null) return email
  throw invalidValue('email', 'invalid', 'must be an e-mail address', text)
}

import type { UserTokens } from '../sign-in/user-tokens.ts'

/** Credentials of who is signed in: an API key, or a user with tokens of the provider. */
export interface Session {
  /** The key; null for a user. */
  readonly apiKey: string | null
  /** The tokens, which are never stored; null for a key. */
  readonly tokens: UserTokens | null
  readonly organizationId: string
  /** True: the browser stores the session until the tab is closed. False: it ends with a reload. */
  readonly isKept: boolean
}

const KEY = 'waybill-console session'
const ORGANIZATION_KEY = 'waybill-console organization'

/** Returns the stored session of this tab, or null. */
export function storedSession(): Session | null {
  try {
    const { apiKey, organizationId } = JSON.parse(sessionStorage.getItem(KEY) ?? 'null') ?? {}
    if (typeof apiKey !== 'string' || typeof organizationId !== 'string') return null
    return { apiKey, tokens: null, organizationId, isKept: true }
  } catch {
    return null
  }
}

/** Stores the session if `isKept` is set. Otherwise it exists only in memory. */
export function storeSession({ apiKey, organizationId, isKept }: Session): void {
  localStorage.setItem(ORGANIZATION_KEY, organizationId)
  if (isKept && apiKey !== null) sessionStorage.setItem(KEY, JSON.stringify({ apiKey, organizationId }))
  else sessionStorage.removeItem(KEY)
}

export function forgetSession(): void {
  sessionStorage.removeItem(KEY)
}

/** Returns the organization of the last sign-in in this browser. */
export const lastOrganizationId = (): string => localStorage.getItem(ORGANIZATION_KEY) ?? 'org_default'

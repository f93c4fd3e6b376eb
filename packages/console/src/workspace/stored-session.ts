/** Who is signed in. */
export interface Session {
  readonly apiKey: string
  readonly organizationId: string
  /** Whether it outlives a reload: the browser then keeps it until the tab is closed. */
  readonly isKept: boolean
}

const KEY = 'waybill-console session'
const ORGANIZATION_KEY = 'waybill-console organization'

/** The session of this tab, or null. */
export function storedSession(): Session | null {
  try {
    const { apiKey, organizationId } = JSON.parse(sessionStorage.getItem(KEY) ?? 'null') ?? {}
    if (typeof apiKey !== 'string' || typeof organizationId !== 'string') return null
    return { apiKey, organizationId, isKept: true }
  } catch {
    return null
  }
}

/** A session that is not to be kept is in memory alone. */
export function storeSession({ apiKey, organizationId, isKept }: Session): void {
  localStorage.setItem(ORGANIZATION_KEY, organizationId)
  if (isKept) sessionStorage.setItem(KEY, JSON.stringify({ apiKey, organizationId }))
  else sessionStorage.removeItem(KEY)
}

export function forgetSession(): void {
  sessionStorage.removeItem(KEY)
}

/** The organization that somebody signed in to last. */
export const lastOrganizationId = (): string => localStorage.getItem(ORGANIZATION_KEY) ?? 'org_default'

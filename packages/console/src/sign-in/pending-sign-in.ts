/** Request to the provider that the browser was sent away with. The provider's answer must fit it. */
export interface PendingSignIn {
  readonly state: string
  readonly nonce: string
  readonly codeVerifier: string
  /** URL of the page to return to. */
  readonly returnTo: string
}

const KEY = 'waybill-console sign-in'
const USER_KEY = 'waybill-console user'

export function storePending(pending: PendingSignIn): void {
  sessionStorage.setItem(KEY, JSON.stringify(pending))
}

/** Returns the request, and forgets it: an answer is accepted once. */
export function takePending(): PendingSignIn | null {
  const text = sessionStorage.getItem(KEY)
  sessionStorage.removeItem(KEY)
  try {
    const { state, nonce, codeVerifier, returnTo } = JSON.parse(text ?? '{}')
    const isComplete = [state, nonce, codeVerifier, returnTo].every((one) => typeof one === 'string')
    return isComplete ? { state, nonce, codeVerifier, returnTo } : null
  } catch {
    return null
  }
}

/** Notes that a user is signed in in this tab, so that a reload asks the provider again without a question. */
export function noteUser(isSignedIn: boolean): void {
  if (isSignedIn) sessionStorage.setItem(USER_KEY, 'signed in')
  else sessionStorage.removeItem(USER_KEY)
}

export const hasUser = (): boolean => sessionStorage.getItem(USER_KEY) !== null

import { createStore } from '../parts/store.ts'
import { goToUrl } from '../shell/router.ts'
import { CONSOLE_URL } from '../workspace/service-url.ts'
import { workspace } from '../workspace/workspace.ts'
import { hasUser, noteUser, takePending } from './pending-sign-in.ts'
import { signInOptions } from './sign-in-options.ts'

/** True while a sign-in with the provider is begun or finished. */
const isRunning = createStore(false)

/** Sign-in of users with the OpenID Connect provider of the service. */
export const userSignIn = {
  isRunning,
  /** Sends the browser to the provider, which sends it back to this page. */
  begin: (): Promise<void> => begin(false),
  /** Finishes a sign-in when the provider has sent the browser back, or repeats the one before a reload. */
  start: async (): Promise<void> => {
    const isAnswer = window.location.href.startsWith(`${CONSOLE_URL}sign-in?`)
    const isReload = workspace.current.get() === null && hasUser()
    if (!isAnswer && !isReload) return
    isRunning.set(true)
    try {
      if (isAnswer) await finish()
      else await begin(true)
    } catch (error) {
      noteUser(false)
      workspace.signOutReason.set((error as Error).message)
      isRunning.set(false)
    }
  },
}

async function begin(isSilent: boolean): Promise<void> {
  const { oidc } = await signInOptions()
  if (oidc === null) throw new Error('This service has no sign-in for users.')
  const { beginSignIn } = await import('./provider.ts')
  await beginSignIn(oidc, window.location.href, isSilent)
}

async function finish(): Promise<void> {
  const answer = new URL(window.location.href)
  const pending = takePending()
  // The code must not stay in the history.
  goToUrl(pending?.returnTo ?? CONSOLE_URL)
  if (pending === null) throw new Error('This sign-in was not begun in this tab. Sign in again.')
  const [{ oidc }, provider] = await Promise.all([signInOptions(), import('./provider.ts')])
  if (oidc === null) throw new Error('This service has no sign-in for users.')
  try {
    await workspace.signInUser(await provider.finishSignIn(oidc, pending, answer))
    noteUser(true)
  } catch (error) {
    if (!provider.needsUser(error)) throw error
    noteUser(false)
  }
  isRunning.set(false)
}

import { useCallback, useState } from 'react'
import { BusyButton } from '../parts/busy-button.tsx'
import { useLoaded } from '../parts/use-loaded.ts'
import { signInOptions } from './sign-in-options.ts'
import { userSignIn } from './user-sign-in.ts'

/** Button that leads to the provider; nothing when the service has only keys. */
export function ProviderButton({ onError }: { onError(error: Error): void }) {
  const load = useCallback(() => signInOptions(), [])
  const { value } = useLoaded(load)
  const [isBusy, setBusy] = useState(false)
  if (!value?.oidc) return null
  const begin = async () => {
    setBusy(true)
    try {
      await userSignIn.begin()
    } catch (error) {
      onError(error as Error)
      setBusy(false)
    }
  }
  return (
    <>
      <BusyButton className="button primary wide" isBusy={isBusy} onClick={begin}>
        Continue with {new URL(value.oidc.issuer).host}
      </BusyButton>
      <p className="fine sign-in-or">or with an API key</p>
    </>
  )
}

import { type FormEvent, useState } from 'react'
import { BusyButton } from '../parts/busy-button.tsx'
import { ErrorNotice } from '../parts/error-notice.tsx'
import { Icon } from '../parts/icon.tsx'
import { useStore } from '../parts/store.ts'
import { Brand } from '../shell/brand.tsx'
import { ThemeSwitch } from '../shell/theme-switch.tsx'
import { SERVICE_URL } from '../workspace/service-url.ts'
import { lastOrganizationId } from '../workspace/stored-session.ts'
import { workspace } from '../workspace/workspace.ts'
import { ProviderButton } from './provider-button.tsx'
import './sign-in.css'

export function SignInPage() {
  const signOutReason = useStore(workspace.signOutReason)
  const [error, setError] = useState<Error | null>(null)
  const [isBusy, setBusy] = useState(false)
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const fields = new FormData(event.currentTarget)
    setBusy(true)
    setError(null)
    try {
      await workspace.signIn({
        apiKey: String(fields.get('key')).trim(),
        tokens: null,
        organizationId: String(fields.get('organization')).trim(),
        isKept: fields.get('keep') !== null,
      })
    } catch (failure) {
      setError(failure as Error)
      setBusy(false)
    }
  }
  return (
    <main className="sign-in">
      <header className="sign-in-head">
        <Brand />
        <ThemeSwitch />
      </header>
      <form className="card" onSubmit={submit}>
        <h1>Sign in</h1>
        <p className="fine">
          to <code>{SERVICE_URL}</code>
        </p>
        {signOutReason && !error && (
          <p className="notice" role="status">
            <Icon name="alert" />
            {signOutReason}
          </p>
        )}
        {error && <ErrorNotice error={error} />}
        <ProviderButton onError={setError} />
        <SignInFields />
        <BusyButton type="submit" className="button primary wide" isBusy={isBusy}>
          {isBusy ? 'Signing in…' : 'Sign in'}
        </BusyButton>
      </form>
      <p className="fine sign-in-foot">
        When Waybill starts for the first time, it prints an organization and its API key, or the path of a
        file that contains the key. An operator creates another key with{' '}
        <code>npx waybill keys create --organization org_default --name Console --scopes admin</code>
      </p>
    </main>
  )
}

function SignInFields() {
  return (
    <>
      <label className="field">
        <span>Organization</span>
        <input
          name="organization"
          defaultValue={lastOrganizationId()}
          required
          pattern="[a-z]+_[A-Za-z0-9]{1,64}"
          title="An id such as org_default"
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
        />
      </label>
      <label className="field">
        <span>API key</span>
        <input
          name="key"
          type="password"
          required
          placeholder="oak_live_…"
          autoComplete="current-password"
          spellCheck={false}
        />
      </label>
      <label className="check">
        <input type="checkbox" name="keep" defaultChecked />
        <span>Remember the key in this tab</span>
      </label>
    </>
  )
}

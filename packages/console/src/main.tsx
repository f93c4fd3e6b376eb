import { createRoot } from 'react-dom/client'
import { useStore } from './parts/store.ts'
import { Shell } from './shell/shell.tsx'
import { applyTheme } from './shell/theme.ts'
import { SignInPage } from './sign-in/sign-in-page.tsx'
import { userSignIn } from './sign-in/user-sign-in.ts'
import { workspace } from './workspace/workspace.ts'
import { WorkspaceContext } from './workspace/workspace-context.ts'
import './style.css'

applyTheme()
void userSignIn.start()
const root = document.getElementById('root')
if (root) createRoot(root).render(<App />)

/** The page: the sign-in form, or the workspace of the organization that is signed in. */
function App() {
  const current = useStore(workspace.current)
  const isSigningIn = useStore(userSignIn.isRunning)
  if (isSigningIn) return <SigningIn />
  if (current === null) return <SignInPage />
  return (
    <WorkspaceContext value={current}>
      <Shell key={current.session.organizationId} />
    </WorkspaceContext>
  )
}

function SigningIn() {
  return (
    <main className="sign-in">
      <p className="quiet" role="status">
        Signing in…
      </p>
    </main>
  )
}

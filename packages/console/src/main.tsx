import { createRoot } from 'react-dom/client'
import { useStore } from './parts/store.ts'
import { Shell } from './shell/shell.tsx'
import { SignInPage } from './shell/sign-in-page.tsx'
import { applyTheme } from './shell/theme.ts'
import { workspace } from './workspace/workspace.ts'
import { WorkspaceContext } from './workspace/workspace-context.ts'
import './style.css'

applyTheme()
const root = document.getElementById('root')
if (root) createRoot(root).render(<App />)

/** The page: the sign-in form, or the workspace of the organization that is signed in. */
function App() {
  const current = useStore(workspace.current)
  if (current === null) return <SignInPage />
  return (
    <WorkspaceContext value={current}>
      <Shell />
    </WorkspaceContext>
  )
}

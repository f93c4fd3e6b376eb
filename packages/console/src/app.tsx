import { useStore } from './parts/store.ts'
import { Shell } from './shell/shell.tsx'
import { SignInPage } from './shell/sign-in-page.tsx'
import { workspace } from './workspace/workspace.ts'
import { WorkspaceContext } from './workspace/workspace-context.ts'

/** The page: the sign-in form, or the workspace of the organization that is signed in. */
export function App() {
  const current = useStore(workspace.current)
  if (current === null) return <SignInPage />
  return (
    <WorkspaceContext value={current}>
      <Shell />
    </WorkspaceContext>
  )
}

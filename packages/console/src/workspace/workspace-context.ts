import { createContext, useContext } from 'react'
import type { Workspace } from './workspace.ts'

export const WorkspaceContext = createContext<Workspace | null>(null)

/** The workspace of whoever is signed in. */
export function useWorkspace(): Workspace {
  const workspace = useContext(WorkspaceContext)
  if (workspace === null) throw new Error('nobody is signed in')
  return workspace
}

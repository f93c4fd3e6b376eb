import type { Me } from '@waybill/sdk'
import { useStore } from '../parts/store.ts'
import { useWorkspace } from './workspace-context.ts'

export type Scope = Me['organizations'][number]['scopes'][number]

/**
 * Returns a test for the scopes of who is signed in; `admin` implies every other scope. Until they are known, everything
 * passes: the service decides.
 */
export function useMay(): (scope: Scope) => boolean {
  const { me, session } = useWorkspace()
  const found = useStore(me)?.organizations.find(({ id }) => id === session.organizationId)
  return (scope) => found === undefined || found.scopes.includes(scope) || found.scopes.includes('admin')
}

import { EmptyState } from '../parts/empty-state.tsx'
import { useWorkspace } from '../workspace/workspace-context.ts'

const TITLES = {
  'files:read': 'This key cannot read events',
  'vector_stores:read': 'This key cannot read vector stores',
  'models:use': 'This key cannot ask models',
  admin: 'This key cannot manage keys, webhooks or members',
} as const

export interface NoPermissionProps {
  /** Scope that the key lacks. */
  readonly need?: keyof typeof TITLES
}

export function NoPermission({ need = 'vector_stores:read' }: NoPermissionProps) {
  const { session } = useWorkspace()
  if (session.tokens !== null) {
    return (
      <EmptyState icon="key" title="Your role does not allow this">
        <p>
          Ask an administrator of this organization for a role with the scope <code>{need}</code>.
        </p>
      </EmptyState>
    )
  }
  return (
    <EmptyState icon="key" title={TITLES[need]}>
      <p>
        Sign in with a key that has the scope <code>{need}</code>.
      </p>
    </EmptyState>
  )
}

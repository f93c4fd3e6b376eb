import { EmptyState } from '../parts/empty-state.tsx'

export function NoPermission() {
  return (
    <EmptyState icon="key" title="This key cannot read vector stores">
      <p>
        Sign in with a key that has the scope <code>vector_stores:read</code>.
      </p>
    </EmptyState>
  )
}

import { type ComponentType, lazy } from 'react'
import { EmptyState } from '../parts/empty-state.tsx'

/**
 * Returns a page that is loaded when it is first shown. When it cannot be loaded, as after an upgrade of the service, it
 * offers to load the console again.
 */
export function lazyPage(load: () => Promise<ComponentType>): ComponentType {
  return lazy(async () => ({ default: await load().catch(() => NotLoaded) }))
}

function NotLoaded() {
  return (
    <EmptyState icon="alert" title="This page cannot be loaded">
      <p>The service may have been upgraded, or cannot be reached.</p>
      <button type="button" className="button" onClick={() => window.location.reload()}>
        Load the console again
      </button>
    </EmptyState>
  )
}

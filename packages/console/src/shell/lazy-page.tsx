import type { ComponentType } from 'react'
import { BusyButton } from '../parts/busy-button.tsx'
import { EmptyState } from '../parts/empty-state.tsx'
import { loadedLater, type NotLoadedProps } from './loaded-later.tsx'

/**
 * Returns a page that is loaded when it is first shown. When it cannot be loaded, as after an upgrade of the service, it
 * offers to try again, and to load the console again.
 */
export const lazyPage = (load: () => Promise<ComponentType>): ComponentType =>
  loadedLater(load, <p className="page quiet">Loading…</p>, PageNotLoaded)

function PageNotLoaded({ isBusy, onRetry }: NotLoadedProps) {
  return (
    <EmptyState icon="alert" title="This page cannot be loaded">
      <p>The service may have been upgraded, or cannot be reached.</p>
      <BusyButton className="button" isBusy={isBusy} onClick={onRetry}>
        Try again
      </BusyButton>
      <button type="button" className="button" onClick={() => window.location.reload()}>
        Load the console again
      </button>
    </EmptyState>
  )
}

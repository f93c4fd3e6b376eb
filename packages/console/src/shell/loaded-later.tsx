import type { ComponentType, ReactNode } from 'react'
import { useLoaded } from '../parts/use-loaded.ts'

export interface NotLoadedProps {
  /** Loads the script again. */
  onRetry(): void
}

/**
 * Returns a component whose script is loaded when it is first shown. It shows `NotLoaded` after a failure, as when the
 * service was upgraded or cannot be reached for a moment. `lazy` of React would keep the failure until the document is
 * loaded again, which interrupts uploads.
 */
export function loadedLater<Props extends object>(
  load: () => Promise<ComponentType<Props>>,
  pending: ReactNode,
  NotLoaded: ComponentType<NotLoadedProps>,
): ComponentType<Props> {
  let Loaded: ComponentType<Props> | null = null
  const loadOnce = async () => {
    Loaded ??= await load()
    return Loaded
  }
  return function LoadedLater(props: Props) {
    const { error, isLoading, reload } = useLoaded(loadOnce)
    if (Loaded !== null) return <Loaded {...props} />
    return error === null || isLoading ? pending : <NotLoaded onRetry={reload} />
  }
}

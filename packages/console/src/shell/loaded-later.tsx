import { type ComponentType, type ReactNode, useState } from 'react'
import { useLoaded } from '../parts/use-loaded.ts'

export interface NotLoadedProps {
  /** True while the script is loaded again. */
  readonly isBusy: boolean
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
    const [isRetried, setRetried] = useState(false)
    const { error, isLoading, reload } = useLoaded(loadOnce)
    if (Loaded !== null) return <Loaded {...props} />
    const retry = () => {
      setRetried(true)
      reload()
    }
    if (error === null && !isRetried) return pending
    // Also while it is loaded again, so that the button keeps the focus.
    return <NotLoaded isBusy={isLoading} onRetry={retry} />
  }
}

import { useSyncExternalStore } from 'react'

/** The same width as in the style sheets. */
const NARROW = window.matchMedia('(max-width: 760px)')

function subscribe(listener: () => void): () => void {
  NARROW.addEventListener('change', listener)
  return () => NARROW.removeEventListener('change', listener)
}

export const useIsNarrow = (): boolean => useSyncExternalStore(subscribe, () => NARROW.matches)

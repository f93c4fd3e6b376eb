import { useCallback, useEffect, useState } from 'react'
import { flushSync } from 'react-dom'
import { refocus } from './refocus.ts'

export interface Loaded<T> {
  /** The loaded value, or null before the first load. The previous value stays while a new one is loaded. */
  readonly value: T | null
  readonly error: Error | null
  readonly isLoading: boolean
  reload(): void
}

/** Calls `load` when the component is mounted and when `load` changes, and returns its result. */
export function useLoaded<T>(load: (signal: AbortSignal) => Promise<T>): Loaded<T> {
  const [state, setState] = useState<Omit<Loaded<T>, 'reload'>>({ value: null, error: null, isLoading: true })
  const [run, setRun] = useState(0)
  useEffect(() => {
    const aborting = new AbortController()
    setState((before) => ({ ...before, error: null, isLoading: true }))
    load(aborting.signal).then(
      (value) => {
        if (aborting.signal.aborted) return
        // The new value may not contain the focused element: render it before the focus is checked.
        flushSync(() => setState({ value, error: null, isLoading: false }))
        if (run > 0) refocus()
      },
      (error: Error) => {
        if (!aborting.signal.aborted) setState((before) => ({ ...before, error, isLoading: false }))
      },
    )
    return () => aborting.abort()
  }, [load, run])
  const reload = useCallback(() => setRun((count) => count + 1), [])
  return { ...state, reload }
}

import { useCallback, useEffect, useRef, useState } from 'react'
import { flushSync } from 'react-dom'
import { refocus } from './refocus.ts'

export interface Loaded<T> {
  /** The loaded value, or null before the first load. The previous value stays while a new one is loaded. */
  readonly value: T | null
  readonly error: Error | null
  readonly isLoading: boolean
  reload(): void
  /** Loads again without a sign of it on the page, after a load that is running. */
  refresh(): void
}

interface Run {
  readonly count: number
  readonly isQuiet: boolean
}

/** Calls `load` when the component is mounted and when `load` changes, and returns its result. */
export function useLoaded<T>(load: (signal: AbortSignal) => Promise<T>): Loaded<T> {
  const [state, setState] = useState<Omit<Loaded<T>, 'reload' | 'refresh'>>({
    ...{ value: null, error: null, isLoading: true },
  })
  const [run, setRun] = useState<Run>({ count: 0, isQuiet: false })
  const isRunning = useRef(false)
  const isStale = useRef(false)
  const runAgain = useCallback(
    (isQuiet: boolean) => setRun(({ count }) => ({ count: count + 1, isQuiet })),
    [],
  )
  useEffect(() => {
    const aborting = new AbortController()
    isRunning.current = true
    isStale.current = false
    if (!run.isQuiet) setState((before) => ({ ...before, error: null, isLoading: true }))
    const end = () => {
      isRunning.current = false
      if (isStale.current) runAgain(true)
    }
    load(aborting.signal).then(
      (value) => {
        if (aborting.signal.aborted) return
        const hadFocus = document.activeElement !== document.body
        // The new value may not contain the focused element: render it before the focus is checked.
        flushSync(() => setState({ value, error: null, isLoading: false }))
        if (run.count > 0 && (hadFocus || !run.isQuiet)) refocus()
        end()
      },
      (error: Error) => {
        if (aborting.signal.aborted) return
        setState((before) => ({ ...before, error, isLoading: false }))
        end()
      },
    )
    return () => aborting.abort()
  }, [load, run, runAgain])
  const reload = useCallback(() => runAgain(false), [runAgain])
  const refresh = useCallback(() => {
    if (isRunning.current) isStale.current = true
    else runAgain(true)
  }, [runAgain])
  return { ...state, reload, refresh }
}

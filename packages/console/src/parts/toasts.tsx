import { createStore, useStore } from './store.ts'

interface Toast {
  readonly id: number
  readonly text: string
}

const SHOWN_MS = 5000
const toasts = createStore<readonly Toast[]>([])
let lastId = 0

/** Shows a message for 5 s. Screen readers announce it. */
export function toast(text: string): void {
  const id = ++lastId
  toasts.set([...toasts.get(), { id, text }])
  setTimeout(() => toasts.set(toasts.get().filter((one) => one.id !== id)), SHOWN_MS)
}

export function Toasts() {
  const shown = useStore(toasts)
  return (
    <output className="toasts">
      {shown.map(({ id, text }) => (
        <p key={id}>{text}</p>
      ))}
    </output>
  )
}

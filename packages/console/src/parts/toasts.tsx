import { refocus } from './refocus.ts'
import { createStore, useStore } from './store.ts'

export interface ToastAction {
  readonly label: string
  run(): void
}

interface Toast {
  readonly id: number
  readonly text: string
  readonly action: ToastAction | null
}

const SHOWN_MS = 5000
/** Time for a message with an action, which must be reachable with the keyboard. */
const SHOWN_WITH_ACTION_MS = 20_000
const toasts = createStore<readonly Toast[]>([])
let lastId = 0

/** Shows a message for 5 s, or one with an action for 20 s. Screen readers announce it. */
export function toast(text: string, action: ToastAction | null = null): void {
  const id = ++lastId
  toasts.set([...toasts.get(), { id, text, action }])
  setTimeout(() => close(id), action === null ? SHOWN_MS : SHOWN_WITH_ACTION_MS)
}

function close(id: number): void {
  toasts.set(toasts.get().filter((one) => one.id !== id))
  refocus()
}

export function Toasts() {
  const shown = useStore(toasts)
  return (
    <output className="toasts">
      {shown.map(({ id, text, action }) => (
        <p key={id}>
          {text}
          {action && (
            <button
              type="button"
              onClick={() => {
                close(id)
                action.run()
              }}
            >
              {action.label}
            </button>
          )}
        </p>
      ))}
    </output>
  )
}

import { type ReactNode, useState } from 'react'
import { Dialog } from './dialog.tsx'
import { ErrorNotice } from './error-notice.tsx'

export interface ConfirmDialogProps {
  readonly title: string
  readonly children: ReactNode
  /** What the button says, such as `Delete 3 files`. */
  readonly action: string
  readonly isDangerous?: boolean
  onConfirm(): Promise<void>
  onClose(): void
}

/** Asks before something is done, waits for it, and stays where it fails. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  const { title, children, action, isDangerous = false, onConfirm, onClose } = props
  const [isBusy, setBusy] = useState(false)
  const [error, setError] = useState<Error | null>(null)
  const confirm = async () => {
    setBusy(true)
    try {
      await onConfirm()
      onClose()
    } catch (failure) {
      setError(failure as Error)
      setBusy(false)
    }
  }
  return (
    <Dialog title={title} onClose={isBusy ? null : onClose}>
      <div className="dialog-body">
        {children}
        {error && <ErrorNotice error={error} />}
      </div>
      <footer className="dialog-foot">
        <button type="button" className="button" disabled={isBusy} onClick={onClose}>
          Keep
        </button>
        <button
          type="button"
          className={isDangerous ? 'button danger' : 'button primary'}
          disabled={isBusy}
          onClick={confirm}
        >
          {isBusy ? 'One moment…' : action}
        </button>
      </footer>
    </Dialog>
  )
}

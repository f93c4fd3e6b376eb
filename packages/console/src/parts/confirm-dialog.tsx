import { type ReactNode, useState } from 'react'
import { BusyButton } from './busy-button.tsx'
import { Dialog, FIRST_FOCUS } from './dialog.tsx'
import { ErrorNotice } from './error-notice.tsx'

export interface ConfirmDialogProps {
  readonly title: string
  readonly children: ReactNode
  /** Label of the confirm button, such as `Delete 3 files`. */
  readonly action: string
  /** Label of the button that closes the dialog without the action; `Cancel` by default. */
  readonly cancelLabel?: string
  readonly isDangerous?: boolean
  onConfirm(): Promise<void>
  onClose(): void
}

/** Confirmation dialog. It stays open while the action runs and when it fails. In a dangerous dialog, Enter cancels. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  const { title, children, action, cancelLabel = 'Cancel', isDangerous = false, onConfirm, onClose } = props
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
        <BusyButton className="button" isBusy={isBusy} onClick={onClose} {...(isDangerous && FIRST_FOCUS)}>
          {cancelLabel}
        </BusyButton>
        <BusyButton
          className={isDangerous ? 'button danger' : 'button primary'}
          isBusy={isBusy}
          onClick={confirm}
          {...(!isDangerous && FIRST_FOCUS)}
        >
          {isBusy ? 'Please wait…' : action}
        </BusyButton>
      </footer>
    </Dialog>
  )
}

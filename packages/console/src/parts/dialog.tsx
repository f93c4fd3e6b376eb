import { type ReactNode, useId, useLayoutEffect, useRef } from 'react'
import { Icon } from './icon.tsx'
import { refocus } from './refocus.ts'

export interface DialogProps {
  readonly title: string
  readonly children: ReactNode
  /** True for a dialog that shows a document. */
  readonly isWide?: boolean
  /** Called for Escape and the close button. With null, the dialog has no close button and ignores Escape. */
  readonly onClose: (() => void) | null
}

/** Attributes of the element to focus when the dialog opens; the default is the first button. */
export const FIRST_FOCUS = { 'data-first-focus': true }

/** Modal dialog. When it closes, the focus returns to the element that had it before. */
export function Dialog({ title, children, isWide = false, onClose }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null)
  const titleId = useId()
  useLayoutEffect(() => {
    const shown = dialog.current
    const opener = document.activeElement
    shown?.showModal()
    shown?.querySelector<HTMLElement>('[data-first-focus]')?.focus()
    return () => {
      shown?.close()
      // A browser restores the focus only when it is still in the dialog.
      if (document.activeElement === document.body && opener instanceof HTMLElement) opener.focus()
      refocus()
    }
  }, [])
  return (
    <dialog
      ref={dialog}
      className={isWide ? 'dialog wide' : 'dialog'}
      aria-labelledby={titleId}
      onCancel={(event) => {
        event.preventDefault()
        onClose?.()
      }}
    >
      <header className="dialog-head">
        <h2 id={titleId}>{title}</h2>
        {onClose && (
          <button type="button" className="button bare" aria-label="Close" onClick={onClose}>
            <Icon name="close" />
          </button>
        )}
      </header>
      {children}
    </dialog>
  )
}

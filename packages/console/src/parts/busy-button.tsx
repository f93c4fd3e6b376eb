import type { ComponentProps } from 'react'

export interface BusyButtonProps extends ComponentProps<'button'> {
  /** True while an operation is running: clicks are ignored, and `aria-disabled` is set. */
  readonly isBusy: boolean
}

/** Button that keeps the focus while it is busy; a browser removes the focus from a `disabled` one. */
export function BusyButton({ isBusy, onClick, ...rest }: BusyButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      aria-disabled={isBusy || undefined}
      onClick={(event) => {
        // Prevents a second submit of the form as well.
        if (isBusy) event.preventDefault()
        else onClick?.(event)
      }}
    />
  )
}

import type { ComponentProps } from 'react'

export interface BusyButtonProps extends ComponentProps<'button'> {
  /** Ignores clicks, and says so, while something is under way. */
  readonly isBusy: boolean
}

/** A button that keeps the focus while it is busy: a browser takes the focus away from a `disabled` one. */
export function BusyButton({ isBusy, onClick, ...rest }: BusyButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      aria-disabled={isBusy || undefined}
      onClick={(event) => {
        // It also keeps a form from being sent twice.
        if (isBusy) event.preventDefault()
        else onClick?.(event)
      }}
    />
  )
}

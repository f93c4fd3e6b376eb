import type { ReactNode } from 'react'
import { refocus } from '../parts/refocus.ts'
import { goTo, type Place, urlOf } from './router.ts'

export interface PlaceLinkProps {
  readonly place: Place
  /** True for a link to the page that is shown. */
  readonly isCurrent?: boolean
  readonly className?: string
  /** -1 for a link in a row, which has the focus itself. */
  readonly tabIndex?: number
  readonly children: ReactNode
}

/** Link to a place in the console, which is shown without loading the document again. */
export function PlaceLink({ place, isCurrent = false, className, tabIndex, children }: PlaceLinkProps) {
  return (
    <a
      href={urlOf(place)}
      className={className}
      tabIndex={tabIndex}
      aria-current={isCurrent ? 'page' : undefined}
      onClick={(event) => {
        // With these keys the browser opens the link in a new tab or window.
        if (event.ctrlKey || event.metaKey || event.shiftKey) return
        event.preventDefault()
        goTo(place)
        // The link may disappear with its page.
        refocus()
      }}
    >
      {children}
    </a>
  )
}

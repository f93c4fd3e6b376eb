import type { ReactNode } from 'react'
import { refocus } from '../parts/refocus.ts'
import { goTo, type Place, urlOf } from './router.ts'

export interface PlaceLinkProps {
  readonly place: Place
  /** True for a link to the page that is shown. */
  readonly isCurrent?: boolean
  readonly children: ReactNode
}

/** Link to a place in the console, which is shown without loading the document again. */
export function PlaceLink({ place, isCurrent = false, children }: PlaceLinkProps) {
  return (
    <a
      href={urlOf(place)}
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

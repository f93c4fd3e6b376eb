import { createStore, useStore } from '../parts/store.ts'
import { CONSOLE_URL } from '../workspace/service-url.ts'

export const PAGES = ['files', 'storage', 'keys'] as const
export type PageName = (typeof PAGES)[number]

export interface Place {
  readonly page: PageName
  /** Id of the file whose details are shown, or null. */
  readonly fileId: string | null
}

const place = createStore<Place>(placeOf(window.location))
window.addEventListener('popstate', () => place.set(placeOf(window.location)))

function placeOf({ href }: Location): Place {
  const { pathname, searchParams } = new URL(href)
  const last = pathname.slice(pathname.lastIndexOf('/') + 1)
  return { page: PAGES.find((page) => page === last) ?? 'files', fileId: searchParams.get('file') }
}

export const usePlace = (): Place => useStore(place)

export function urlOf({ page, fileId }: Place): string {
  return `${CONSOLE_URL}${page}${fileId === null ? '' : `?file=${encodeURIComponent(fileId)}`}`
}

/** Navigates to a place. With `addsHistory`, the browser's back button returns to the current place. */
export function goTo(next: Place, addsHistory = true): void {
  if (addsHistory) history.pushState(null, '', urlOf(next))
  else history.replaceState(null, '', urlOf(next))
  place.set(next)
}

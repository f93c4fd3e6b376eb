import { createStore, useStore } from '../parts/store.ts'
import { CONSOLE_URL } from '../workspace/service-url.ts'

export const PAGES = ['files', 'stores', 'storage', 'keys'] as const
export type PageName = (typeof PAGES)[number]

export interface Place {
  readonly page: PageName
  /** Id of the file whose details are shown, or null. */
  readonly fileId: string | null
  /** Id of the vector store that is shown, or null for the list of stores. */
  readonly storeId: string | null
}

const place = createStore<Place>(placeOf(window.location))
window.addEventListener('popstate', () => place.set(placeOf(window.location)))

function placeOf({ href }: Location): Place {
  const { pathname, searchParams } = new URL(href)
  const last = pathname.slice(pathname.lastIndexOf('/') + 1)
  return {
    page: PAGES.find((page) => page === last) ?? 'files',
    fileId: searchParams.get('file'),
    storeId: searchParams.get('store'),
  }
}

export const usePlace = (): Place => useStore(place)

export const placeOfPage = (page: PageName): Place => ({ page, fileId: null, storeId: null })
export const placeOfFile = (fileId: string | null): Place => ({ ...placeOfPage('files'), fileId })
export const placeOfStore = (storeId: string): Place => ({ ...placeOfPage('stores'), storeId })

export function urlOf({ page, fileId, storeId }: Place): string {
  const query = new URLSearchParams({
    ...(fileId === null ? {} : { file: fileId }),
    ...(storeId === null ? {} : { store: storeId }),
  })
  return `${CONSOLE_URL}${page}${query.size === 0 ? '' : `?${query}`}`
}

/** Navigates to a place. With `addsHistory`, the browser's back button returns to the current place. */
export function goTo(next: Place, addsHistory = true): void {
  if (addsHistory) history.pushState(null, '', urlOf(next))
  else history.replaceState(null, '', urlOf(next))
  place.set(next)
}

import { refocus } from '../parts/refocus.ts'
import { createStore, useStore } from '../parts/store.ts'
import { CONSOLE_URL } from '../workspace/service-url.ts'

export const PAGES = [
  'files',
  'trash',
  'stores',
  'ask',
  'storage',
  'keys',
  'events',
  'webhooks',
  'members',
] as const
export type PageName = (typeof PAGES)[number]

export interface Place {
  readonly page: PageName
  /** Folder of the page `files`, such as `reports/2026`, empty for the root; null for all files. */
  readonly folder: string | null
  /** Id of the file whose details are shown, or null. */
  readonly fileId: string | null
  /** Id of the vector store that is shown or asked, or null for the list of stores. */
  readonly storeId: string | null
  /** Id of the webhook whose log is shown, or null for the list of webhooks. */
  readonly webhookId: string | null
}

const place = createStore<Place>(placeOf(window.location))
window.addEventListener('popstate', () => {
  const hadFocus = document.activeElement !== document.body
  place.set(placeOf(window.location))
  if (hadFocus) refocus()
})

function placeOf({ href }: Location): Place {
  const { pathname, searchParams } = new URL(href)
  const last = pathname.slice(pathname.lastIndexOf('/') + 1)
  return {
    page: PAGES.find((page) => page === last) ?? 'files',
    folder: searchParams.get('view') === 'all' ? null : (searchParams.get('folder') ?? ''),
    fileId: searchParams.get('file'),
    storeId: searchParams.get('store'),
    webhookId: searchParams.get('webhook'),
  }
}

export const usePlace = (): Place => useStore(place)

export const placeOfPage = (page: PageName): Place => ({
  ...{ page, folder: '', fileId: null, storeId: null, webhookId: null },
})
/** Place of a folder; null for the list of all files. */
export const placeOfFolder = (folder: string | null): Place => ({ ...placeOfPage('files'), folder })
export const placeOfFile = (fileId: string): Place => ({ ...placeOfPage('files'), fileId })
export const placeOfQuestions = (storeId: string): Place => ({ ...placeOfPage('ask'), storeId })
export const placeOfStore = (storeId: string): Place => ({ ...placeOfPage('stores'), storeId })

export const placeOfWebhook = (webhookId: string): Place => ({ ...placeOfPage('webhooks'), webhookId })

export function urlOf({ page, folder, fileId, storeId, webhookId }: Place): string {
  const query = new URLSearchParams({
    ...(folder === null ? { view: 'all' } : folder === '' ? {} : { folder }),
    ...(fileId === null ? {} : { file: fileId }),
    ...(storeId === null ? {} : { store: storeId }),
    ...(webhookId === null ? {} : { webhook: webhookId }),
  })
  return `${CONSOLE_URL}${page}${query.size === 0 ? '' : `?${query}`}`
}

/** Shows the place of a URL of the console instead of the current one. */
export function goToUrl(url: string): void {
  history.replaceState(null, '', new URL(url, CONSOLE_URL).href.startsWith(CONSOLE_URL) ? url : CONSOLE_URL)
  place.set(placeOf(window.location))
}

/** Navigates to a place. With `addsHistory`, the browser's back button returns to the current place. */
export function goTo(next: Place, addsHistory = true): void {
  if (addsHistory) history.pushState(null, '', urlOf(next))
  else history.replaceState(null, '', urlOf(next))
  place.set(next)
}

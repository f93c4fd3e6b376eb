import { addCopyButtons } from './copy-buttons.ts'
import { addFilter } from './filter.ts'
import { followReading } from './follow-reading.ts'
import { addTabs } from './tabs.ts'

const PLACEHOLDER_URL = 'http://127.0.0.1:8080'

// The page is complete without this script. The script only adds convenience.
showServiceUrl()
addTabs()
addCopyButtons()
addFilter()
followReading()

/** Replaces the service URL in the set-up example with the URL of the service that serves this page. */
function showServiceUrl(): void {
  const url = new URL('.', location.href).href.replace(/\/$/, '')
  for (const node of document.querySelector('#begin pre > code')?.childNodes ?? []) {
    if (node instanceof Text) node.data = node.data.replace(PLACEHOLDER_URL, () => url)
  }
}

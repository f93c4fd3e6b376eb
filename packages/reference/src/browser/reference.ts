import { addCopyButtons } from './copy-buttons.ts'
import { addFilter } from './filter.ts'
import { followReading } from './follow-reading.ts'
import { showServiceUrl } from './service-url.ts'
import { addTabs } from './tabs.ts'

// Everything can be read without any of this.
showServiceUrl()
addTabs()
addCopyButtons()
addFilter()
followReading()

import { acceptFiles } from './accept-files.ts'
import { elementOf } from './element-of.ts'
import { createFileList } from './file-list.ts'
import { createSlots } from './slots.ts'
import { storedUrls } from './stored-urls.ts'
import { startUpload } from './upload-row.ts'

/** Each upload holds a chunk of its file in memory. */
const MAX_RUNNING = 3

const slots = createSlots(MAX_RUNNING)
const rows = elementOf('#uploads')
const announcement = elementOf('#announcement')
const interrupted = elementOf('#interrupted')
const fileList = createFileList(elementOf('#uploaded'))

/** Shows the uploads that this page began before it was loaded again, and that were not chosen again yet. */
function showInterrupted(): void {
  const names = storedUrls.interruptedNames()
  interrupted.hidden = names.length === 0
  const items = names.map((name) => {
    const item = document.createElement('li')
    item.textContent = name
    return item
  })
  elementOf('ul', interrupted).replaceChildren(...items)
}

function showFiles(): void {
  fileList.refresh().catch(() => announce('The list of files cannot be loaded.'))
}

function announce(text: string): void {
  announcement.textContent = text
}

acceptFiles(elementOf('#files'), (files) => {
  for (const file of files) {
    if (storedUrls.claim(file)) rows.append(startUpload(file, { slots, announce, onUploaded: showFiles }))
    else announce(`${file.name} is in the list already.`)
  }
  showInterrupted()
})
showInterrupted()
showFiles()

import { cancelUpload } from '@waybill/sdk'
import { formatBytes } from './format-bytes.ts'
import type { Slots } from './slots.ts'
import { storedUrls } from './stored-urls.ts'
import { uploadFile } from './upload-file.ts'

interface RowOptions {
  readonly slots: Slots
  /** Tells screen readers what has changed. */
  readonly announce: (text: string) => void
  readonly onUploaded: () => void
}

/** Starts the upload of a file. Returns its row in the list, with the progress and the buttons. */
export function startUpload(file: File, { slots, announce, onUploaded }: RowOptions): HTMLElement {
  const { row, progress, state, toggle, cancel } = createRow(file)
  /** Stops the running upload; null while it is paused. */
  let running: AbortController | null = null

  const show = (text: string, button: 'Pause' | 'Resume') => {
    state.textContent = text
    toggle.textContent = button
    toggle.setAttribute('aria-label', `${button} ${file.name}`)
  }
  const run = async () => {
    const own = new AbortController()
    running = own
    show('Waiting', 'Pause')
    await slots.take()
    try {
      own.signal.throwIfAborted()
      await uploadFile(file, {
        signal: own.signal,
        onProgress: ({ state, sentBytes, totalBytes, secondsLeft }) => {
          progress.value = sentBytes
          const left = secondsLeft === null ? '' : `, ${Math.ceil(secondsLeft)} s left`
          const sent = `${formatBytes(sentBytes)} of ${formatBytes(totalBytes)}${left}`
          show(state === 'waiting' ? `${sent}, waiting for the network` : sent, 'Pause')
        },
      })
      end('Uploaded')
      onUploaded()
    } catch (error) {
      if (own.signal.aborted) return
      running = null
      const message = error instanceof Error ? error.message : String(error)
      show(message, 'Resume')
      announce(`${file.name}: ${message}`)
    } finally {
      slots.release()
    }
  }
  const pause = () => {
    running?.abort()
    running = null
    show('Paused', 'Resume')
  }
  /** Removes the buttons. The focus stays in the row. */
  const end = (text: string) => {
    running = null
    storedUrls.release(file)
    state.textContent = text
    announce(`${file.name}: ${text}`)
    if (row.contains(document.activeElement)) row.focus()
    toggle.remove()
    cancel.remove()
  }
  toggle.addEventListener('click', () => (running === null ? run() : pause()))
  cancel.addEventListener('click', async () => {
    pause()
    const uploadUrl = storedUrls.get(file)
    storedUrls.remove(file)
    end('Cancelled')
    progress.remove()
    // An upload that cannot be cancelled now expires in the service.
    if (uploadUrl !== null) await cancelUpload(uploadUrl).catch(() => {})
  })
  void run()
  return row
}

function createRow(file: File) {
  const row = document.createElement('li')
  row.className = 'upload'
  row.tabIndex = -1
  const name = document.createElement('span')
  name.textContent = file.name
  const toggle = createButton('Pause', file)
  const cancel = createButton('Cancel', file)
  const progress = document.createElement('progress')
  progress.max = file.size
  progress.value = 0
  progress.setAttribute('aria-label', `Progress of ${file.name}`)
  const state = document.createElement('span')
  state.className = 'state'
  row.append(name, toggle, cancel, progress, state)
  return { row, progress, state, toggle, cancel }
}

function createButton(text: string, file: File): HTMLButtonElement {
  const button = document.createElement('button')
  button.type = 'button'
  button.textContent = text
  button.setAttribute('aria-label', `${text} ${file.name}`)
  return button
}

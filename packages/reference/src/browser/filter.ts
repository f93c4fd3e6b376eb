/** Enables the filter field above the contents. It shows only operations that contain all words. */
export function addFilter(): void {
  const field = document.querySelector<HTMLInputElement>('#filter')
  const result = document.querySelector('#filter-result')
  const frame = field?.closest<HTMLElement>('.filter')
  if (!field || !result || !frame) return
  frame.hidden = false
  const lists = Array.from(document.querySelectorAll<HTMLElement>('.contents ul'))
  const show = () => {
    const words = field.value.toLowerCase().split(/\s+/).filter(Boolean)
    const shown = lists.map((list) => showOnly(list, words))
    const count = shown.reduce((sum, inList) => sum + inList, 0)
    result.textContent = words.length === 0 ? '' : count === 1 ? '1 operation' : `${count} operations`
  }
  field.addEventListener('input', show)
  field.addEventListener('keydown', ({ key }) => {
    if (key !== 'Enter') return
    lists.flatMap((list) => Array.from(list.querySelectorAll<HTMLElement>('li:not([hidden]) a')))[0]?.click()
  })
  document.addEventListener('keydown', (event) => {
    const isWriting = event.target instanceof HTMLInputElement
    if (event.key !== '/' || isWriting || event.ctrlKey || event.metaKey || field.offsetParent === null)
      return
    event.preventDefault()
    field.select()
  })
}

/** Hides entries that do not match, and the list when no entry matches. Returns the number of shown entries. */
function showOnly(list: HTMLElement, words: readonly string[]): number {
  let shown = 0
  for (const entry of list.querySelectorAll('li')) {
    const text = entry.dataset.search ?? ''
    entry.hidden = !words.every((word) => text.includes(word))
    if (!entry.hidden) shown++
  }
  const heading = list.previousElementSibling as HTMLElement | null
  list.hidden = shown === 0
  if (heading) heading.hidden = list.hidden
  return shown
}

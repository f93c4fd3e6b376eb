const STORAGE_KEY = 'waybill-language'

type Choose = (language: string) => void

/** Turns the examples of each operation into tabs. A chosen language applies to all operations and is stored. */
export function addTabs(): void {
  const groups = Array.from(document.querySelectorAll<HTMLElement>('.examples'))
  const choosers: Choose[] = []
  const choose: Choose = (language) => {
    for (const chooseHere of choosers) chooseHere(language)
  }
  const chooseAndStore = (language: string, tab: HTMLElement) => {
    const { top } = tab.getBoundingClientRect()
    choose(language)
    // The content above may have changed its height. Scroll so that the tab stays where the user sees it.
    scrollBy({ top: tab.getBoundingClientRect().top - top, behavior: 'instant' })
    storeLanguage(language)
  }
  for (const [index, group] of groups.entries()) choosers.push(tabsOf(group, index, chooseAndStore))
  choose(storedLanguage() ?? 'curl')
}

function tabsOf(
  group: HTMLElement,
  index: number,
  onChoose: (language: string, tab: HTMLElement) => void,
): Choose {
  const panels = Array.from(group.querySelectorAll('figure'))
  const list = document.createElement('div')
  list.className = 'tabs'
  list.setAttribute('role', 'tablist')
  list.setAttribute('aria-label', `${group.dataset.title}: language`)
  const tabs = panels.map((panel, number) => tabOf(panel, `example-${index}-${number}`))
  for (const tab of tabs) tab.addEventListener('click', () => onChoose(languageOf(tab), tab))
  list.addEventListener('keydown', (event) => {
    const next = nextTab(tabs, event)
    if (!next) return
    event.preventDefault()
    next.focus()
    onChoose(languageOf(next), next)
  })
  list.append(...tabs)
  group.prepend(list)
  group.classList.add('tabbed')
  return (language) => {
    const chosen = tabs.find((tab) => languageOf(tab) === language) ?? tabs[0]
    for (const [number, tab] of tabs.entries()) {
      const isChosen = tab === chosen
      tab.setAttribute('aria-selected', String(isChosen))
      tab.tabIndex = isChosen ? 0 : -1
      const panel = panels[number]
      if (panel) panel.hidden = !isChosen
    }
  }
}

function tabOf(panel: HTMLElement, id: string): HTMLButtonElement {
  const tab = document.createElement('button')
  tab.type = 'button'
  tab.id = `${id}-tab`
  tab.textContent = panel.dataset.language ?? ''
  tab.setAttribute('role', 'tab')
  tab.setAttribute('aria-controls', id)
  panel.id = id
  panel.setAttribute('role', 'tabpanel')
  panel.setAttribute('aria-labelledby', tab.id)
  panel.querySelector('figcaption')?.remove()
  return tab
}

const languageOf = (tab: HTMLElement) => tab.textContent ?? ''

/** Returns the tab that a key selects, by the tabs pattern of the ARIA Authoring Practices Guide. */
function nextTab(tabs: readonly HTMLElement[], { key, target }: KeyboardEvent): HTMLElement | undefined {
  const at = tabs.indexOf(target as HTMLElement)
  if (key === 'ArrowRight') return tabs[(at + 1) % tabs.length]
  if (key === 'ArrowLeft') return tabs.at(at - 1)
  if (key === 'Home') return tabs[0]
  return key === 'End' ? tabs.at(-1) : undefined
}

function storeLanguage(language: string): void {
  try {
    localStorage.setItem(STORAGE_KEY, language)
  } catch {
    // Without storage, the next page shows the first language.
  }
}

function storedLanguage(): string | null {
  try {
    return localStorage.getItem(STORAGE_KEY)
  } catch {
    return null
  }
}

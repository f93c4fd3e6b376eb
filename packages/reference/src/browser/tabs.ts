const KEPT_AS = 'waybill-language'

type Choose = (language: string) => void

/** Makes tabs of each operation’s examples. The language that is chosen in one of them is chosen in all, and kept. */
export function addTabs(): void {
  const groups = Array.from(document.querySelectorAll<HTMLElement>('.examples'))
  const choosers: Choose[] = []
  const choose: Choose = (language) => {
    for (const chooseHere of choosers) chooseHere(language)
  }
  const chooseAndKeep = (language: string, tab: HTMLElement) => {
    const { top } = tab.getBoundingClientRect()
    choose(language)
    // What stands above may be longer now: what the person looks at stays where it is.
    scrollBy({ top: tab.getBoundingClientRect().top - top, behavior: 'instant' })
    keep(language)
  }
  for (const [index, group] of groups.entries()) choosers.push(tabsOf(group, index, chooseAndKeep))
  choose(kept() ?? 'curl')
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

/** The tab that a key leads to, as in every row of tabs. */
function nextTab(tabs: readonly HTMLElement[], { key, target }: KeyboardEvent): HTMLElement | undefined {
  const at = tabs.indexOf(target as HTMLElement)
  if (key === 'ArrowRight') return tabs[(at + 1) % tabs.length]
  if (key === 'ArrowLeft') return tabs.at(at - 1)
  if (key === 'Home') return tabs[0]
  return key === 'End' ? tabs.at(-1) : undefined
}

function keep(language: string): void {
  try {
    localStorage.setItem(KEPT_AS, language)
  } catch {
    // A browser that keeps nothing shows the first language next time.
  }
}

function kept(): string | null {
  try {
    return localStorage.getItem(KEPT_AS)
  } catch {
    return null
  }
}

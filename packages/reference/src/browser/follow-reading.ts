/** Marks in the contents what is being read, and closes them, where they cover the page, once something is chosen. */
export function followReading(): void {
  const contents = document.querySelector<HTMLElement>('#contents')
  if (!contents) return
  const links = new Map(
    Array.from(
      contents.querySelectorAll<HTMLAnchorElement>('li a'),
      (link) => [link.hash.slice(1), link] as const,
    ),
  )
  let current: HTMLElement | undefined
  const mark = (id: string) => {
    const link = links.get(id)
    if (!link || link === current) return
    current?.removeAttribute('aria-current')
    link.setAttribute('aria-current', 'location')
    current = link
    bringIntoView(link, contents)
  }
  const observer = new IntersectionObserver(
    (entries) => {
      for (const { isIntersecting, target } of entries) if (isIntersecting) mark(target.id)
    },
    { rootMargin: '-15% 0px -84% 0px' },
  )
  for (const section of document.querySelectorAll('.chapter, .operation')) observer.observe(section)

  contents.addEventListener('click', ({ target }) => {
    if (target instanceof Element && target.closest('a') && contents.matches(':popover-open'))
      contents.hidePopover()
  })
}

function bringIntoView(link: HTMLElement, contents: HTMLElement): void {
  const [of, within] = [link.getBoundingClientRect(), contents.getBoundingClientRect()]
  const margin = within.height / 5
  if (of.top < within.top + margin) contents.scrollTop -= within.top + margin - of.top
  if (of.bottom > within.bottom - margin) contents.scrollTop += of.bottom - within.bottom + margin
}

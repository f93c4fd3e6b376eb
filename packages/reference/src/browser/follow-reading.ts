/** Highlights the current section in the contents. On narrow screens, closes the contents after a choice. */
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
    scrollIntoContents(link, contents)
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

function scrollIntoContents(link: HTMLElement, contents: HTMLElement): void {
  const [inner, outer] = [link.getBoundingClientRect(), contents.getBoundingClientRect()]
  const margin = outer.height / 5
  if (inner.top < outer.top + margin) contents.scrollTop -= outer.top + margin - inner.top
  if (inner.bottom > outer.bottom - margin) contents.scrollTop += inner.bottom - outer.bottom + margin
}

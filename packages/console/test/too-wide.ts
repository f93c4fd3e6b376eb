import type { Page } from 'playwright-core'

/** Returns the elements beyond the right edge to which the page can scroll. */
export function tooWide(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const { clientWidth, scrollWidth } = document.documentElement
    const main = document.querySelector('main')
    const isMainWider = main !== null && main.scrollWidth > main.clientWidth
    if (scrollWidth <= clientWidth && !isMainWider) return []
    return Array.from(document.querySelectorAll('body *'))
      .filter((element) => element.getBoundingClientRect().right > clientWidth + 1)
      .map((element) => element.outerHTML.slice(0, 120))
  })
}

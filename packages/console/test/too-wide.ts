import type { Page } from 'playwright-core'

/** What reaches beyond the right edge, where the page can be scrolled to it. */
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

/** Where the keyboard goes on: the row that it was on last, or the page. */
const PLACES = ['.table-body [tabindex="0"]', '#main']

/**
 * For whatever takes away what may have the focus: it then goes to `nearest`, or else to where the keyboard can go on, and
 * not to the beginning of the document.
 */
export function refocus(nearest?: string): void {
  requestAnimationFrame(() => {
    if (document.activeElement !== document.body) return
    const places = nearest === undefined ? PLACES : [nearest, ...PLACES]
    const found = places
      .map((place) => document.querySelector<HTMLElement>(place))
      .find((one) => one !== null)
    found?.focus({ preventScroll: true })
  })
}

/** Where the keyboard goes on: the row that it was on last, or the page. */
const PLACES = ['.table-body [tabindex="0"]', '#main']

/**
 * Moves the focus, where the element that had it is gone, to `nearest` or to where the keyboard can go on. Without it the next
 * Tab begins at the start of the document. Call it after the page has changed, or in the event that changes it: with the next
 * frame the focus is looked at once, and a change that React draws later is not seen.
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

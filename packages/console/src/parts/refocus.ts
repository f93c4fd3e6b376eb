/** Default places for the focus: the row that had it last, or the page. */
const PLACES = ['.table-body [tabindex="0"]', '#main']

/**
 * Moves the focus to `nearest`, or to a default place, when the focused element was removed. Otherwise the next Tab
 * would start at the top of the document. Call it after the page has changed, or in the event that changes it: the
 * focus is checked once, in the next frame, and a later render is not noticed.
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

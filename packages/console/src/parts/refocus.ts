/** Default places for the focus: the row that had it last, or the page. */
const PLACES = ['.table-body [tabindex="0"]', '#main']
/** The same in a dialog: its first field, or else its first button. */
const DIALOG_PLACES = ['[data-first-focus]', ':is(input, select, textarea)', 'button']

/**
 * Moves the focus to `nearest`, or to a default place, when the focused element was removed; within an open dialog, when
 * there is one. Otherwise the next Tab would start at the top of the document. Call it after the page has changed, or in
 * the event that changes it: the focus is checked once, in the next frame, and a later render is not noticed.
 */
export function refocus(nearest?: string): void {
  requestAnimationFrame(() => {
    if (document.activeElement !== document.body) return
    // The page behind a modal dialog cannot have the focus. Of several dialogs, the last one is on top.
    const dialog = [...document.querySelectorAll('dialog[open]')].at(-1)
    const defaults = dialog === undefined ? PLACES : DIALOG_PLACES
    const places = nearest === undefined ? defaults : [nearest, ...defaults]
    const found = places
      .map((place) => (dialog ?? document).querySelector<HTMLElement>(place))
      .find((one) => one !== null)
    found?.focus({ preventScroll: true })
  })
}

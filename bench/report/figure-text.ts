const THREE_DIGITS = new Intl.NumberFormat('en', { minimumSignificantDigits: 3, maximumSignificantDigits: 3 })

/** Formats a figure with three significant digits and thousands separators; a dash when it is not finite. */
export function figureText(value: number): string {
  return Number.isFinite(value) ? THREE_DIGITS.format(value) : '–'
}

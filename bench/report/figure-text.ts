const THREE_DIGITS = new Intl.NumberFormat('en', { minimumSignificantDigits: 3, maximumSignificantDigits: 3 })

/** A measured figure for people: three significant digits, thousands apart; a dash for what is no number. */
export function figureText(value: number): string {
  return Number.isFinite(value) ? THREE_DIGITS.format(value) : '–'
}

/** A text that a stranger chose must neither move the cursor nor pass for another line. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}]/gu, '\u{fffd}')
}

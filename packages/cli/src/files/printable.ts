/** Replaces control characters, so that untrusted text can neither move the terminal's cursor nor fake another line. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}]/gu, '\u{fffd}')
}

/** Returns the form with its last part changed by `change`, which receives the text of the part without its delimiter line. */
function changeLast(form: Buffer, boundary: string, change: (part: string) => string): Buffer {
  const text = form.toString('latin1')
  const delimiter = `--${boundary}\r\n`
  const at = text.lastIndexOf(delimiter)
  return Buffer.from(text.slice(0, at) + change(text.slice(at + delimiter.length)), 'latin1')
}

/** Changes after which the last part of a form is no part any more. */
export const SPOILED_FORMS: readonly (readonly [
  what: string,
  spoil: (form: Buffer, boundary: string) => Buffer,
])[] = (
  [
    ['whose head has 9 KiB', (part, line) => `${line}X-A: ${'a'.repeat(9000)}\r\n${part}`],
    ['with 33 more headers', (part, line) => `${line}${'X-A: 1\r\n'.repeat(33)}${part}`],
    ['with a line that is no header', (part, line) => `${line}foo\r\n${part}`],
    ['with white space before a colon', (part, line) => line + part.replace(':', ' :')],
    ['without a blank line', (part, line) => line + part.replace('\r\n\r\n', '\r\n')],
    ['without a disposition', (part, line) => line + part.replace(/^[^\r]*\r\n/, 'X-A: 1\r\n')],
    ['after a delimiter that continues', (part, line) => `${line.replace('\r\n', 'tra\r\n')}${part}`],
    ['after a line end of one byte', (part, line) => `${line.replace('\r\n', '\n')}${part}`],
  ] as const satisfies readonly (readonly [string, (part: string, delimiterLine: string) => string])[]
).map(([what, change]) => [
  what,
  (form, boundary) => changeLast(form, boundary, (part) => change(part, `--${boundary}\r\n`)),
])

/** Returns the form with white space after each delimiter, which has no meaning. */
export function padDelimiters(form: Buffer, boundary: string): Buffer {
  const text = form.toString('latin1')
  return Buffer.from(
    text.replaceAll(`--${boundary}\r\n`, `--${boundary} \t\r\n`).replace(/--\r\n$/, '-- \r\n'),
    'latin1',
  )
}

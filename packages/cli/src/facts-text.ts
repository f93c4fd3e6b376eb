import { printable } from './files/printable.ts'

/** Formats an object as one line per field, name first. The value of null is empty. */
export function factsText(facts: object): string {
  const width = Math.max(...Object.keys(facts).map((name) => name.length))
  const lines = Object.entries(facts).map(([name, value]) => {
    return `${name.padEnd(width)}  ${value === null ? '' : printable(String(value))}`.trimEnd()
  })
  return lines.join('\n')
}

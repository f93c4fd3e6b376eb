import { printable } from './files/printable.ts'

/** Formats an object as one line per field, name first. The value of null is empty, and that of an object is JSON. */
export function factsText(facts: object): string {
  const width = Math.max(...Object.keys(facts).map((name) => name.length))
  const lines = Object.entries(facts).map(([name, value]) => {
    return `${name.padEnd(width)}  ${printable(textOf(value))}`.trimEnd()
  })
  return lines.join('\n')
}

function textOf(value: unknown): string {
  if (value === null) return ''
  return typeof value === 'object' && !Array.isArray(value) ? JSON.stringify(value) : String(value)
}

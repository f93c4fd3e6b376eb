import { readFileSync } from 'node:fs'

/** The languages of the examples, in the order of their tabs. */
export const LANGUAGES = [
  { name: 'curl', ending: 'sh', grammar: 'bash' },
  { name: 'Python', ending: 'py', grammar: 'python' },
  { name: 'TypeScript', ending: 'ts', grammar: 'typescript' },
] as const
export type Language = (typeof LANGUAGES)[number]

export const EXAMPLES = new URL('../examples/', import.meta.url)

/** Returns the base name of an operation’s example files: `register-file` for `registerFile`. */
export function exampleName(operationId: string): string {
  return operationId.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
}

/** Reads an example. Returns null when there is none. */
export function readExample(name: string, ending: string): string | null {
  try {
    return readFileSync(new URL(`${name}.${ending}`, EXAMPLES), 'utf8').trimEnd()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

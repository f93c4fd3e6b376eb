import { readFileSync } from 'node:fs'
import type { Operation } from './document.ts'
import { EXAMPLE_TABLE } from './example-table.ts'
import { curl, python, typescript } from './example-templates.ts'

/** The languages of the examples, in the order of their tabs. */
export const LANGUAGES = [
  { name: 'curl', ending: 'sh', grammar: 'bash', template: curl },
  { name: 'Python', ending: 'py', grammar: 'python', template: python },
  { name: 'TypeScript', ending: 'ts', grammar: 'typescript', template: typescript },
] as const
export type Language = (typeof LANGUAGES)[number]

/** Folder of the examples that are written by hand. */
export const EXAMPLES = new URL('../examples/', import.meta.url)

/** Returns the code of an example in a language, or null when there is none. */
export type Example = (language: Pick<Language, 'ending' | 'template'>) => string | null

/** Returns the example of an operation, made of the table or else written by hand. */
export function exampleOf(operation: Operation): Example {
  const row = EXAMPLE_TABLE[operation.operationId]
  return row === undefined
    ? writtenExample(exampleName(operation.operationId))
    : ({ template }) => template(operation, row)
}

/** Returns the example in the files of that name, without their ending. */
export function writtenExample(name: string): Example {
  return ({ ending }) => {
    try {
      return readFileSync(new URL(`${name}.${ending}`, EXAMPLES), 'utf8').trimEnd()
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
      throw error
    }
  }
}

/** Returns the name of the files with an operation's examples: `uploadFiles` has `upload-files`. */
export function exampleName(operationId: string): string {
  return operationId.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
}

import assert from 'node:assert/strict'
import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Example, exampleName, exampleOf, type Language, writtenExample } from '../src/examples.ts'
import { operations } from './operations.ts'

export const ROOT = fileURLToPath(new URL('../../..', import.meta.url))

/** Examples by the names of their files, or the names that their files would have. */
export const ALL_EXAMPLES: ReadonlyMap<string, Example> = new Map([
  ...operations.map((operation) => [exampleName(operation.operationId), exampleOf(operation)] as const),
  ['resumable-upload', writtenExample('resumable-upload')],
])

export function codeOf(name: string, language: Language): string {
  const code = ALL_EXAMPLES.get(name)?.(language)
  assert.ok(code, `${name} has no example in ${language.name}`)
  return code
}

/** Lets the TypeScript examples in that folder find the client library. */
export async function installSdk(folder: string): Promise<void> {
  await mkdir(join(folder, 'node_modules', '@waybill'), { recursive: true })
  await symlink(join(ROOT, 'packages', 'sdk'), join(folder, 'node_modules', '@waybill', 'sdk'))
  await writeFile(join(folder, 'package.json'), '{"type":"module"}')
}

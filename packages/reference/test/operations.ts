import { readFileSync } from 'node:fs'
import { type Document, groupsOf, type Operation } from '../src/document.ts'

/** The OpenAPI document of the repository. */
export const document: Document = JSON.parse(
  readFileSync(new URL('../../../api/openapi.json', import.meta.url), 'utf8'),
)

export const operations: readonly Operation[] = groupsOf(document).flatMap((group) => group.operations)

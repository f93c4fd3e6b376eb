import { invalidValue } from '../../domain/invalid-value.ts'
import { isAbsent, readList, readText } from '../../domain/read-values.ts'
import type { Rendering } from '../http/item-object.ts'
import { openaiFileId } from './file-id.ts'
import type { Query } from './list-query.ts'

/** Rendering of items with the parts that the client asks for. */
export type Include = Rendering

/** Names of the results of a search: of OpenAI's specification, of the JSON API, and of OpenAI's examples. */
const SEARCH_RESULTS: ReadonlySet<string> = new Set([
  'file_search_call.results',
  'file_search.results',
  'output[*].file_search_call.search_results',
])

/** Other values of OpenAI's specification, which have no effect here. */
const WITHOUT_EFFECT: ReadonlySet<string> = new Set([
  'code_interpreter_call.outputs',
  'computer_call_output.output.image_url',
  'message.input_image.image_url',
  'message.output_text.logprobs',
  'reasoning.encrypted_content',
  'web_search_call.action.sources',
  'web_search_call.results',
])

const MAX_VALUES = 50
const MAX_LENGTH = 128

/** Returns the parts that `include` of a body asks for; null and absent ask for none. Throws VALIDATION_ERROR. */
export function readInclude(value: unknown, path = 'include'): Include {
  const values = isAbsent(value) ? [] : readList(value, path, MAX_VALUES)
  const names = values.map((one, index) => {
    const name = readText(one, `${path}[${index}]`, MAX_LENGTH)
    if (SEARCH_RESULTS.has(name) || WITHOUT_EFFECT.has(name)) return name
    throw invalidValue(`${path}[${index}]`, 'invalid', 'is no part that can be included', name)
  })
  return { fileIdOf: openaiFileId, isWithSearchResults: names.some((name) => SEARCH_RESULTS.has(name)) }
}

/** Returns the parts that a query asks for, by `include[]` or `include`. Throws VALIDATION_ERROR. */
export function readIncludeQuery(query: Query): Include {
  const values = ['include', 'include[]'].flatMap((name) => query[name] ?? [])
  return readInclude(values.filter((value) => value !== ''))
}

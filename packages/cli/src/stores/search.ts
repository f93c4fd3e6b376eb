import type { SearchResult } from '@waybill/sdk'
import type { CommandIo } from '../command-io.ts'
import { openClient } from '../files/connection.ts'
import { printable } from '../files/printable.ts'

export interface SearchOptions {
  readonly limit?: number
  readonly json?: boolean
}

const MAX_PASSAGE_CHARACTERS = 600

/** Prints the results of a search: the score, the file, the page and the passage. */
export async function search(
  io: CommandIo,
  storeIds: readonly string[],
  query: string,
  { limit, json }: SearchOptions,
): Promise<void> {
  const { vectorStores } = await openClient(io)
  const body = { query, ...(limit === undefined ? {} : { max_num_results: limit }) }
  const [only, ...others] = storeIds
  const found =
    only !== undefined && others.length === 0
      ? await vectorStores.search(only, body)
      : await vectorStores.searchAll(storeIds, body)
  if (json) return io.print(JSON.stringify(found))
  if (found.results.length === 0) return io.print('Nothing found.')
  io.print(found.results.map(resultText).join('\n\n'))
}

function resultText({ score, filename, file_id, page, text }: SearchResult): string {
  const place = page === null ? '' : `, page ${page}`
  const passage = printable(text.replace(/\s+/g, ' ').trim())
  const characters = [...passage]
  const isLong = characters.length > MAX_PASSAGE_CHARACTERS
  const shown = isLong ? `${characters.slice(0, MAX_PASSAGE_CHARACTERS).join('')}…` : passage
  return `${score.toFixed(2)}  ${printable(filename)}${place}  ${file_id}\n      ${shown}`
}

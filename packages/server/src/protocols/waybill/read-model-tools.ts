import type { FileRetrievalTool, FileSearchTool, Tool } from '../../domain/conversations/response.ts'
import { fileIdOf } from '../../domain/ids.ts'
import { invalidValue } from '../../domain/invalid-value.ts'
import {
  isAbsent,
  type JsonObject,
  readId,
  readList,
  readObject,
  readOneOf,
  readText,
} from '../../domain/read-values.ts'
import { parseSearchLimits } from '../../domain/vector-stores/parse-search.ts'

const MAX_TOOLS = 128
const MAX_TYPE_LENGTH = 128
const MAX_STORES = 10
const MAX_FILES = 20

type Mode = 'auto' | 'on' | 'off'

/** Returns the tools of a request without those that are off. Throws VALIDATION_ERROR. */
export function readModelTools(value: unknown, path: string): readonly Tool[] {
  return readList(value, path, MAX_TOOLS).flatMap((one, index) => readTool(one, `${path}[${index}]`))
}

function readTool(value: unknown, path: string): readonly Tool[] {
  const tool = readObject(value, path)
  const type = readText(tool.type, `${path}.type`, MAX_TYPE_LENGTH)
  if (type !== 'file_search' && type !== 'file_retrieval')
    throw invalidValue(`${path}.type`, 'unsupported_tool', 'must be file_search or file_retrieval', type)
  const mode = isAbsent(tool.mode) ? 'auto' : readOneOf(tool.mode, `${path}.mode`, ['auto', 'on', 'off'])
  const read = type === 'file_search' ? readFileSearch(tool, mode, path) : readFileRetrieval(tool, path)
  return mode === 'off' ? [] : [read]
}

/** Reads a search; one without ids is over every store that the caller may see. */
function readFileSearch(tool: JsonObject, mode: Mode, path: string): FileSearchTool {
  const name = isAbsent(tool.vector_store_ids) ? 'configuration_ids' : 'vector_store_ids'
  const storeIds = isAbsent(tool[name]) ? [] : readIds(tool[name], `${path}.${name}`, MAX_STORES)
  return {
    type: 'file_search',
    storeIds: [...new Set(storeIds)],
    ...parseSearchLimits(tool, `${path}.`),
    mode: mode === 'on' ? 'always' : null,
  }
}

function readFileRetrieval({ file_ids }: JsonObject, path: string): FileRetrievalTool {
  const fileIds = isAbsent(file_ids) ? [] : readIds(file_ids, `${path}.file_ids`, MAX_FILES)
  return { type: 'file_retrieval', fileIds: [...new Set(fileIds.map(fileIdOf))] }
}

function readIds(value: unknown, path: string, max: number): readonly string[] {
  return readList(value, path, max, 1).map((id, index) => readId(id, `${path}[${index}]`))
}

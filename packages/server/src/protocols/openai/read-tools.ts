import type { FileSearchTool, FunctionTool, Tool, ToolChoice } from '../../domain/conversations/response.ts'
import { invalidValue } from '../../domain/invalid-value.ts'
import {
  isAbsent,
  type JsonObject,
  readBoolean,
  readId,
  readList,
  readObject,
  readOneOf,
  readText,
} from '../../domain/read-values.ts'
import { parseSearchLimits } from '../../domain/vector-stores/parse-search.ts'
import { optional } from './read-body.ts'

const MAX_TOOLS = 128
const MAX_STORES = 10
const MAX_NAME_LENGTH = 128
const MAX_DESCRIPTION_LENGTH = 65_536

/** Returns the tools of a request. Throws VALIDATION_ERROR, with the problem `unsupported_tool` for other types. */
export function readTools(value: unknown, path: string): Tool[] {
  return readList(value, path, MAX_TOOLS).map((tool, index) => readTool(tool, `${path}[${index}]`))
}

function readTool(value: unknown, path: string): Tool {
  const tool = readObject(value, path)
  const type = readText(tool.type, `${path}.type`, MAX_NAME_LENGTH)
  if (type === 'function') return readFunction(tool, path)
  if (type === 'file_search') return readFileSearch(tool, path)
  throw invalidValue(`${path}.type`, 'unsupported_tool', 'must be function or file_search', type)
}

function readFunction(tool: JsonObject, path: string): FunctionTool {
  return {
    type: 'function',
    name: readFunctionName(tool.name, `${path}.name`),
    description: optional(tool.description, `${path}.description`, (text, at) =>
      readText(text, at, MAX_DESCRIPTION_LENGTH),
    ),
    parameters: optional(tool.parameters, `${path}.parameters`, readObject),
    isStrict: optional(tool.strict, `${path}.strict`, readBoolean),
  }
}

function readFunctionName(value: unknown, path: string): string {
  const name = readText(value, path, MAX_NAME_LENGTH, 1)
  if (/^[\w-]+$/.test(name)) return name
  throw invalidValue(path, 'invalid', 'must have only letters, digits, underscores and hyphens', name)
}

function readFileSearch(tool: JsonObject, path: string): FileSearchTool {
  const at = `${path}.vector_store_ids`
  const storeIds = readList(tool.vector_store_ids, at, MAX_STORES, 1)
  return {
    type: 'file_search',
    storeIds: storeIds.map((id, index) => readId(id, `${at}[${index}]`)),
    ...parseSearchLimits(tool, `${path}.`),
    mode: null,
  }
}

/** Returns the choice of tools. It must choose among `tools`. Throws VALIDATION_ERROR. */
export function readToolChoice(value: unknown, path: string, tools: readonly Tool[]): ToolChoice {
  if (isAbsent(value)) return { kind: 'auto' }
  if (typeof value === 'string') return { kind: readOneOf(value, path, ['none', 'auto', 'required']) }
  const choice = readObject(value, path)
  const type = readText(choice.type, `${path}.type`, MAX_NAME_LENGTH)
  if (type === 'allowed_tools') {
    const chosen = readList(choice.tools, `${path}.tools`, MAX_TOOLS)
    return {
      kind: 'allowed',
      mode: readOneOf(choice.mode, `${path}.mode`, ['auto', 'required']),
      tools: chosen.map((one, index) => readChosen(one, `${path}.tools[${index}]`, tools)),
    }
  }
  const chosen = readChosen(choice, path, tools)
  return chosen.type === 'function' ? { kind: 'function', name: chosen.name } : { kind: 'file_search' }
}

type ChosenTool = Extract<ToolChoice, { readonly kind: 'allowed' }>['tools'][number]

function readChosen(value: unknown, path: string, tools: readonly Tool[]): ChosenTool {
  const chosen = readObject(value, path)
  const type = readText(chosen.type, `${path}.type`, MAX_NAME_LENGTH)
  if (type === 'file_search') {
    if (tools.some((tool) => tool.type === 'file_search')) return { type }
    throw invalidValue(`${path}.type`, 'invalid', 'must be the type of a tool of the request', type)
  }
  if (type !== 'function')
    throw invalidValue(`${path}.type`, 'unsupported_tool', 'must be function or file_search', type)
  const name = readFunctionName(chosen.name, `${path}.name`)
  if (tools.some((tool) => tool.type === 'function' && tool.name === name)) return { type, name }
  throw invalidValue(`${path}.name`, 'invalid', 'must be the name of a function of the request', name)
}

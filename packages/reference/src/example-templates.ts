import type { Operation } from './document.ts'
import type { ExampleRow, Fields, FieldValue } from './example-table.ts'

/** Returns the code of an example, without a line break at its end. */
export type Template = (operation: Operation, row: ExampleRow) => string

const ORGANIZATION = '/v1/organizations/{organization_id}'
/** Beginning of paths without an organization. */
const VERSION = '/v1'
const LINE_WIDTH = 72

const isWithKey = ({ security }: Operation) => security.length > 0
const variableOf = (parameter: string) =>
  parameter === 'organization_id' ? 'WAYBILL_ORGANIZATION' : parameter.toUpperCase()

/** Returns the path with each parameter replaced by what reads its variable. */
function pathWith(path: string, read: (variable: string) => string): string {
  return path.replaceAll(/\{(\w+)\}/g, (_, parameter: string) => read(variableOf(parameter)))
}

function linesOf(fields: Fields, write: (name: string, value: FieldValue) => string): string[] {
  return Object.entries(fields).map(([name, value]) => write(name, value))
}

const isVariable = (value: FieldValue) => typeof value === 'object' && 'variable' in value

export const curl: Template = (operation, { fields }) => {
  const { method, path, responses } = operation
  const url = `"$WAYBILL_URL${pathWith(path, (variable) => `$${variable}`)}"`
  if (!isWithKey(operation)) return `curl --fail-with-body -sS ${url}`
  const parts = ['curl --fail-with-body -sS', url, '-H "X-API-Key: $WAYBILL_API_KEY"']
  const isImplied = method === 'GET' || (method === 'POST' && fields !== undefined)
  if (!isImplied) parts.push(`-X ${method}`)
  if (fields !== undefined) {
    const lines = linesOf(
      fields,
      (name, value) =>
        `    "${name}": ${isVariable(value) ? `"'"$${value.variable}"'"` : JSON.stringify(value)}`,
    )
    parts.push("-H 'Content-Type: application/json'", `-d '{\n${lines.join(',\n')}\n  }'`)
  }
  if ('204' in responses) parts.push("-w '%{http_code}\\n'")
  return parts.join(' \\\n  ')
}

export const python: Template = (operation, { fields, python: print }) => {
  const { method, path, responses } = operation
  const read = (variable: string) => `{env['${variable}']}`
  const lines = ['from os import environ as env', '', 'import requests', '']
  if (isWithKey(operation)) {
    const base = path.startsWith(ORGANIZATION) ? ORGANIZATION : VERSION
    const url = path === base ? 'url' : `f"{url}${pathWith(path.slice(base.length), read)}"`
    lines.push(
      `url = f"{env['WAYBILL_URL']}${pathWith(base, read)}"`,
      'api = requests.Session()',
      'api.headers["X-API-Key"] = env["WAYBILL_API_KEY"]',
      '',
    )
    if (fields !== undefined) {
      const write = (name: string, value: FieldValue) =>
        `    "${name}": ${isVariable(value) ? `env["${value.variable}"]` : JSON.stringify(value)},`
      lines.push('fields = {', ...linesOf(fields, write), '}')
    }
    const body = fields === undefined ? '' : ' json=fields,'
    lines.push(`answer = api.${method.toLowerCase()}(${url},${body} timeout=30)`)
  } else {
    lines.push(`answer = requests.get(f"{env['WAYBILL_URL']}${path}", timeout=30)`)
  }
  const printed = '204' in responses ? 'answer.status_code' : 'answer.json()'
  lines.push('answer.raise_for_status()', print ?? `print(${printed})`)
  return lines.join('\n')
}

export const typescript: Template = (operation, { fields = {}, typescript: call }) => {
  if (call === undefined) return fetchInTypescript(operation)
  const variables = [...operation.path.matchAll(/\{(\w+)\}/g)].map(([, parameter = '']) =>
    variableOf(parameter),
  )
  const inFields = Object.values(fields).flatMap((value) => (isVariable(value) ? [value.variable] : []))
  const names = new Set(['WAYBILL_URL', 'WAYBILL_API_KEY', 'WAYBILL_ORGANIZATION', ...variables, ...inFields])
  const lines = linesOf(fields, (name, value) => `  ${name}: ${typescriptValue(value)},\n`)
  return `import { Waybill } from '@waybill/sdk'

const {
${[...names].map((name) => `  ${name} = '',\n`).join('')}} = process.env
const waybill = new Waybill({
  baseUrl: WAYBILL_URL,
  apiKey: WAYBILL_API_KEY,
  organizationId: WAYBILL_ORGANIZATION,
})

${call(`{\n${lines.join('')}}`)}`
}

function typescriptValue(value: FieldValue): string {
  if (isVariable(value)) return value.variable
  return JSON.stringify(value)
    .replaceAll(/"(\w+)":/g, ' $1: ')
    .replaceAll('}', ' }')
    .replaceAll('"', "'")
}

/** The client library has no method for an operation that needs no key. */
function fetchInTypescript({ path }: Operation): string {
  const url = `\`\${process.env.WAYBILL_URL}${path}\``
  const line = `const answer = await fetch(${url})`
  const call = line.length > LINE_WIDTH ? `const answer = await fetch(\n  ${url},\n)` : line
  return `${call}\nconsole.log(answer.status, await answer.json())`
}

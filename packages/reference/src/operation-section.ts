import { codeBlock } from './code-block.ts'
import type { Document, Operation, Parameter } from './document.ts'
import { exampleTabs } from './example-tabs.ts'
import { exampleOf } from './examples.ts'
import { fieldList } from './field-list.ts'
import { type Html, html } from './html.ts'
import { operationBody } from './operation-body.ts'
import { operationResponses } from './operation-responses.ts'
import { withCode } from './with-code.ts'

const PLACES = [
  ['path', 'In the path'],
  ['query', 'In the query'],
  ['header', 'Headers'],
] as const

/** Renders an operation: parameters, body and responses on one side, examples on the other. */
export function operationSection(operation: Operation, document: Document): Html {
  const { operationId, method, path, summary, description, parameters = [], requestBody } = operation
  return html`
    <section class="operation" id="${operationId}" aria-labelledby="${operationId}-title">
      <h3 id="${operationId}-title"><a href="#${operationId}" class="anchor">${withCode(summary)}</a></h3>
      <p class="path"><span class="method" data-method="${method}">${method}</span> <code>${brokenPath(path)}</code></p>
      <div class="facts">
        <p class="name"><code>${operationId}</code> ${credential(operation)}</p>
        ${description !== undefined && html`<p>${withCode(description)}</p>`}
        ${PLACES.map(([place, title]) => parameterList(parameters, place, title))}
        ${
          requestBody !== undefined &&
          html`<h4>Body</h4>${operationBody(requestBody.content, document, false)}`
        }
        ${operationResponses(operation, document)}
      </div>
      <div class="side">
        <div class="sticky">
          ${exampleTabs(exampleOf(operation), summary.replaceAll('`', ''))}
          ${sampleResponse(operation)}
        </div>
      </div>
    </section>`
}

/** Renders a path that can wrap only after a slash. */
function brokenPath(path: string): Html {
  return html`${path.split(/(?<=.\/)/).map((part) => html`${part}<wbr>`)}`
}

function credential({ security, parameters = [] }: Operation): Html {
  const [requirement] = security
  if (requirement) {
    const [scope] = Object.values(requirement)[0] ?? []
    return scope === undefined
      ? html`<span class="credential">any <a href="#authentication">key</a></span>`
      : html`<span class="credential">a <a href="#authentication">key</a> with <code>${scope}</code></span>`
  }
  const isInUrl = parameters.some(({ name }) => name === 'token' || name === 'upload_id')
  return html`<span class="credential">${isInUrl ? 'no key: the URL is the credential' : 'no key'}</span>`
}

function parameterList(parameters: readonly Parameter[], place: string, title: string): Html | null {
  const shown = parameters.filter((parameter) => parameter.in === place)
  if (shown.length === 0) return null
  const fields = shown.map(({ name, schema, description, required }) => ({
    name,
    schema,
    description: description ?? schema.description ?? null,
    // A parameter with a default is optional, even if the document marks it as required.
    isRequired: required === true && schema.default === undefined,
  }))
  return html`<h4>${title}</h4>${fieldList(fields)}`
}

function sampleResponse({ responses, summary }: Operation): Html | null {
  const [status, response] = Object.entries(responses)[0] ?? []
  const example = response?.content?.['application/json']?.example
  if (example === undefined) return null
  const label = `Example response: ${summary.replaceAll('`', '')}`
  return html`
    <figure class="sample">
      <figcaption>Response ${status ?? ''}</figcaption>
      ${codeBlock(JSON.stringify(example, null, 2), 'json', label)}
    </figure>`
}

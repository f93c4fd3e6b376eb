import { STATUS_CODES } from 'node:http'
import type { Document, DocumentedResponse, Header, Operation, Reference } from './document.ts'
import { type Html, html } from './html.ts'
import { nameOf, operationBody } from './operation-body.ts'
import { withCode } from './with-code.ts'

/** Renders the responses of an operation: first those with their own schema, then the errors with their codes. */
export function operationResponses({ operationId, summary, responses }: Operation, document: Document): Html {
  const entries = Object.entries(responses)
  const errors = entries.filter(([, response]) => errorCodes(response).length > 0)
  const others = entries.filter(([, response]) => errorCodes(response).length === 0)
  return html`
    <h4>Responses</h4>
    ${others.map(([status, response]) => responseView(status, response, summary, document))}
    ${
      errors.length > 0 &&
      html`
      <table class="errors">
        <caption class="off-screen">Errors of ${operationId}</caption>
        <thead class="off-screen"><tr><th scope="col">Status</th><th scope="col">Codes</th></tr></thead>
        <tbody>${errors.map(([status, response]) => errorRow(status, response))}</tbody>
      </table>`
    }`
}

function responseView(
  status: string,
  response: DocumentedResponse,
  summary: string,
  document: Document,
): Html {
  // The description is omitted when it only repeats the operation's summary.
  const repeatsSummary = response.description === summary
  const headers = Object.entries(response.headers ?? {})
  return html`
    <div class="response">
      <p>${statusView(status)} ${repeatsSummary ? statusText(status) : withCode(response.description)}</p>
      ${operationBody(response.content ?? {}, document, true)}
      ${
        headers.length > 0 &&
        html`
        <details class="headers">
          <summary>Headers<span class="off-screen"> of ${status}</span></summary>
          <dl class="fields">${headers.map(([name, header]) => headerEntry(name, header, document))}</dl>
        </details>`
      }
    </div>`
}

function headerEntry(name: string, header: Header | Reference, document: Document): Html {
  const { description = '' } = '$ref' in header ? (document.components.headers[nameOf(header)] ?? {}) : header
  return html`<dt><code>${name}</code></dt><dd><p>${withCode(description)}</p></dd>`
}

function errorRow(status: string, response: DocumentedResponse): Html {
  const links = errorCodes(response).map((code) => html`<a href="#${code}"><code>${code}</code></a> `)
  return html`<tr><th scope="row">${statusView(status)}</th><td>${links}</td></tr>`
}

function statusView(status: string): Html {
  return html`<span class="status" data-kind="${status[0] ?? ''}">${status}</span>`
}

function statusText(status: string): string {
  return STATUS_CODES[status] ?? ''
}

function errorCodes({ content = {} }: DocumentedResponse): readonly string[] {
  return Object.values(content).flatMap(({ examples = {} }) => Object.keys(examples))
}

import { STATUS_CODES } from 'node:http'
import type { Document, DocumentedResponse, Header, Operation, Reference } from './document.ts'
import { type Html, html } from './html.ts'
import { nameOf, operationBody } from './operation-body.ts'
import { withCode } from './with-code.ts'

/** Every answer of the operation: those that have a shape of their own, then the errors and their codes. */
export function operationAnswers({ operationId, summary, responses }: Operation, document: Document): Html {
  const answers = Object.entries(responses)
  const errors = answers.filter(([, answer]) => errorCodes(answer).length > 0)
  const others = answers.filter(([, answer]) => errorCodes(answer).length === 0)
  return html`
    <h4>Answers</h4>
    ${others.map(([status, answer]) => answerView(status, answer, summary, document))}
    ${
      errors.length > 0 &&
      html`
      <table class="errors">
        <caption class="off-screen">Errors of ${operationId}</caption>
        <thead class="off-screen"><tr><th scope="col">Status</th><th scope="col">Codes</th></tr></thead>
        <tbody>${errors.map(([status, answer]) => errorRow(status, answer))}</tbody>
      </table>`
    }`
}

function answerView(status: string, answer: DocumentedResponse, summary: string, document: Document): Html {
  // What the operation is for need not be said again.
  const isUsual = answer.description === summary
  const headers = Object.entries(answer.headers ?? {})
  return html`
    <div class="answer">
      <p>${statusView(status)} ${isUsual ? statusText(status) : withCode(answer.description)}</p>
      ${operationBody(answer.content ?? {}, document, true)}
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

function errorRow(status: string, answer: DocumentedResponse): Html {
  const links = errorCodes(answer).map((code) => html`<a href="#${code}"><code>${code}</code></a> `)
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

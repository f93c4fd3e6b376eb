import type { Document } from './document.ts'
import { type Html, html } from './html.ts'

/** Renders a table of all error codes, sorted by status. */
export function errorTable({ components }: Document): Html {
  const errors = Object.values(components.examples).map(({ value }) => value.error)
  const rows = errors
    .toSorted((one, other) => one.status - other.status)
    .map(
      ({ code, status, message }) => html`
      <tr id="${code}">
        <th scope="row"><code>${code}</code></th>
        <td><span class="status" data-kind="${String(status)[0] ?? ''}">${status}</span></td>
        <td>${message}</td>
      </tr>`,
    )
  return html`
    <table class="codes">
      <caption class="off-screen">Error codes</caption>
      <thead><tr><th scope="col">Code</th><th scope="col">Status</th><th scope="col">Message</th></tr></thead>
      <tbody>${rows}</tbody>
    </table>`
}

import { type Html, html } from './html.ts'

/** The document’s descriptions: what stands between backticks is code. */
export function withCode(text: string): Html {
  const parts = text.split('`').map((part, index) => (index % 2 === 1 ? html`<code>${part}</code>` : part))
  return html`${parts}`
}

import { type Html, html } from './html.ts'

/** Renders text whose parts between backticks are code, as in the document's descriptions. */
export function withCode(text: string): Html {
  const parts = text.split('`').map((part, index) => (index % 2 === 1 ? html`<code>${part}</code>` : part))
  return html`${parts}`
}

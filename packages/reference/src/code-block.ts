import hljs from 'highlight.js/lib/core'
import bash from 'highlight.js/lib/languages/bash'
import json from 'highlight.js/lib/languages/json'
import python from 'highlight.js/lib/languages/python'
import typescript from 'highlight.js/lib/languages/typescript'
import { type Html, html } from './html.ts'

const GRAMMARS = { bash, json, python, typescript }
for (const [name, grammar] of Object.entries(GRAMMARS)) hljs.registerLanguage(name, grammar)

/** Renders code with syntax colours as classes, because the page's Content Security Policy forbids style attributes. */
export function codeBlock(code: string, grammar: keyof typeof GRAMMARS, label: string): Html {
  const coloured = { html: hljs.highlight(code, { language: grammar }).value }
  return html`<pre tabindex="0" role="region" aria-label="${label}"><code>${coloured}</code></pre>`
}

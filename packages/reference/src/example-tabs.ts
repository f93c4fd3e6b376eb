import { codeBlock } from './code-block.ts'
import { LANGUAGES, readExample } from './examples.ts'
import { type Html, html } from './html.ts'

/** Renders the examples of that name, one below the other. The page’s script turns them into tabs. */
export function exampleTabs(name: string, title: string): Html | null {
  const figures = LANGUAGES.flatMap((language) => {
    const code = readExample(name, language.ending)
    if (code === null) return []
    return html`
      <figure class="example" data-language="${language.name}">
        <figcaption>${language.name}</figcaption>
        ${codeBlock(code, language.grammar, `${title} in ${language.name}`)}
      </figure>`
  })
  return figures.length === 0 ? null : html`<div class="examples" data-title="${title}">${figures}</div>`
}

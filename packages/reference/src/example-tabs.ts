import { codeBlock } from './code-block.ts'
import { type Example, LANGUAGES } from './examples.ts'
import { type Html, html } from './html.ts'

/** Returns an example in all languages, one below the other: the page's script makes tabs of them. */
export function exampleTabs(example: Example, title: string): Html | null {
  const figures = LANGUAGES.flatMap((language) => {
    const code = example(language)
    if (code === null) return []
    return html`
      <figure class="example" data-language="${language.name}">
        <figcaption>${language.name}</figcaption>
        ${codeBlock(code, language.grammar, `${title} in ${language.name}`)}
      </figure>`
  })
  return figures.length === 0 ? null : html`<div class="examples" data-title="${title}">${figures}</div>`
}

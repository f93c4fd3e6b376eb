import { type Document, type Group, groupsOf } from './document.ts'
import { type Html, html } from './html.ts'
import { introduction } from './introduction.ts'
import { groupId, navigation } from './navigation.ts'
import { operationSection } from './operation-section.ts'

/** Renders the body of the page as HTML, from the OpenAPI document and the examples. */
export function renderReference(document: Document): string {
  const chapters = introduction(document)
  const groups = groupsOf(document)
  const page = html`
    <a class="skip" href="#main">Skip to content</a>
    <div class="page" id="top">
      ${navigation({ chapters, groups })}
      <main id="main" tabindex="-1">
        <h1>The API of Waybill</h1>
        ${chapters.map(
          ({ id, title, text, side }) => html`
          <section class="chapter" id="${id}" aria-labelledby="${id}-title">
            <h2 id="${id}-title"><a href="#${id}" class="anchor">${title}</a></h2>
            <div class="facts">${text}</div>
            ${side !== null && html`<div class="side"><div class="sticky">${side}</div></div>`}
          </section>`,
        )}
        ${groups.map((group) => groupSections(group, document))}
      </main>
    </div>`
  return page.html
}

function groupSections({ name, description, operations }: Group, document: Document): Html {
  const id = groupId(name)
  return html`
    <section class="group" id="${id}" aria-labelledby="${id}-title">
      <h2 id="${id}-title"><a href="#${id}" class="anchor">${name}</a></h2>
      <p class="lead">${description}</p>
      ${operations.map((operation) => operationSection(operation, document))}
    </section>`
}

import type { Group } from './document.ts'
import { type Html, html } from './html.ts'
import { withCode } from './with-code.ts'

const SHORT_METHODS: Readonly<Record<string, string>> = { DELETE: 'DEL', OPTIONS: 'OPT' }

interface NavigationOptions {
  readonly chapters: readonly { readonly id: string; readonly title: string }[]
  readonly groups: readonly Group[]
}

/** Renders links to all chapters and operations. On narrow screens a button opens them; this needs no script. */
export function navigation({ chapters, groups }: NavigationOptions): Html {
  return html`
    <header class="sidebar">
    <div class="bar">
      <a class="brand" href="#top">
        <svg width="26" height="26" viewBox="0 0 32 32" aria-hidden="true">
          <rect width="32" height="32" rx="7" class="brand-field" />
          <path d="M7 10l4 13 5-11 5 11 4-13" class="brand-line" />
        </svg>
        <span>Waybill</span> <span class="quiet">API</span>
      </a>
      <button type="button" class="button" popovertarget="contents">Contents</button>
    </div>
    <nav id="contents" class="contents" popover aria-label="Contents">
      <div class="filter" hidden>
        <label class="off-screen" for="filter">Filter operations</label>
        <input id="filter" type="search" placeholder="Filter operations" autocomplete="off" spellcheck="false" />
        <p id="filter-result" class="fine" role="status"></p>
      </div>
      <h2 id="contents-first">First steps</h2>
      <ul aria-labelledby="contents-first">
        ${chapters.map(({ id, title }) => html`<li><a href="#${id}">${title}</a></li>`)}
      </ul>
      ${groups.map(groupLinks)}
      <p class="foot"><a href="console/">Console</a> <a href="openapi.json">openapi.json</a></p>
    </nav>
    </header>`
}

function groupLinks({ name, operations }: Group): Html {
  const id = `contents-${groupId(name)}`
  return html`
    <h2 id="${id}">${name}</h2>
    <ul aria-labelledby="${id}">
      ${operations.map(
        ({ operationId, method, path, summary }) => html`
        <li data-search="${`${operationId} ${method} ${path} ${summary}`.toLowerCase()}">
          <a href="#${operationId}" title="${summary.replaceAll('`', '')}">
            <span class="method" data-method="${method}">${SHORT_METHODS[method] ?? method}</span>
            ${withCode(operationId)}
          </a>
        </li>`,
      )}
    </ul>`
}

/** Returns the anchor of a group: `api-keys` for `API keys`. */
export function groupId(name: string): string {
  return name.toLowerCase().replaceAll(' ', '-')
}

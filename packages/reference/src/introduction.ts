import { codeBlock } from './code-block.ts'
import type { Document } from './document.ts'
import { errorTable } from './error-table.ts'
import { exampleTabs } from './example-tabs.ts'
import { LANGUAGES, writtenExample } from './examples.ts'
import { fieldList, schemaFields } from './field-list.ts'
import { type Html, html } from './html.ts'
import { withCode } from './with-code.ts'

const [SHELL] = LANGUAGES

interface Chapter {
  readonly id: string
  readonly title: string
  readonly text: Html
  /** What stands beside the text. */
  readonly side: Html | null
}

/** What is true of every operation, before the operations themselves. */
export function introduction(document: Document): readonly Chapter[] {
  return [begin(document), AUTHENTICATION, UPLOAD, PAGES, errors(document), LIMITS]
}

function begin({ info }: Document): Chapter {
  return {
    id: 'begin',
    title: 'Before you begin',
    text: html`
      <p>${withCode(info.description)}</p>
      <p>
        It speaks JSON, with names in <code>snake_case</code>, times in ISO 8601 and UTC, and sizes in bytes. All of it is
        in <a href="openapi.json">openapi.json</a> too, from which this page is made.
      </p>
      <p>
        Every example can be pasted as it stands, once these variables are set and these two files are there. Those in
        TypeScript need <code>@waybill/sdk</code>, and those in Python <code>requests</code>. Where an example needs
        more, it reads it from a variable of that name:
      </p>
      <dl class="fields">
        <dt><code>UPLOAD_URL</code></dt>
        <dd><p>The session’s URI, from <a href="#createUploadUrl">createUploadUrl</a>.</p></dd>
        <dt><code>GCS_PATH</code></dt>
        <dd><p>The object’s name, from the same answer.</p></dd>
        <dt><code>FILE_ID</code></dt>
        <dd><p>The id of a file, from <a href="#registerFile">registerFile</a> or <a href="#listFiles">listFiles</a>.</p></dd>
        <dt><code>DOWNLOAD_URL</code></dt>
        <dd><p>A file’s address for an hour, from <a href="#getFileContent">getFileContent</a>.</p></dd>
        <dt><code>KEY_ID</code></dt>
        <dd><p>The id of a key, from <a href="#createApiKey">createApiKey</a> or <a href="#listApiKeys">listApiKeys</a>.</p></dd>
      </dl>`,
    side: html`
      <figure class="example">
        <figcaption>Set up</figcaption>
        ${codeBlock(writtenExample('set-up')(SHELL) ?? '', 'bash', 'Set up')}
      </figure>`,
  }
}

const AUTHENTICATION: Chapter = {
  id: 'authentication',
  title: 'Authentication',
  text: html`
    <p>
      A request carries the secret of an API key in the header <code>X-API-Key</code>, or as
      <code>Authorization: Bearer …</code>. The key belongs to one organization, whose id stands in the path, and may do
      what its scopes say; <code>admin</code> stands for all scopes. The key is looked at before the body: a wrong key
      is answered with 401 whatever else is wrong.
    </p>
    <p>
      Two kinds of URL need no key, because they are credentials themselves: the <code>upload_url</code> of an
      upload, and the <code>download_url</code> of a file. Hand them only to whoever is to send or read these bytes.
    </p>`,
  side: null,
}

const UPLOAD: Chapter = {
  id: 'upload',
  title: 'An upload in four steps',
  text: html`
    <ol>
      <li>
        <a href="#createUploadUrl">Open a session</a> with the file’s name, size and type. Its URI is the
        <code>upload_url</code> of the answer.
      </li>
      <li>
        <a href="#receiveUpload">Send the bytes</a> there with PUT: all at once, or in chunks with a
        <code>Content-Range</code>. A chunk that is not the last one has a multiple of 262,144 bytes, and is answered
        with 308.
      </li>
      <li>
        After a lost connection ask how far it is, with <code>Content-Range: bytes */*</code> and no body. The answer’s
        <code>Range</code> names the bytes that are on disk; without it there are none. Go on one byte behind them, from
        any process. What is sent twice changes nothing.
      </li>
      <li>
        <a href="#registerFile">Register the file</a>. Now its bytes are checked, and it has an id. The same call again
        gives the same file, so that it can be repeated after a lost answer.
      </li>
    </ol>
    <p>
      The protocol of the second and third step is that of Google Cloud Storage, whose client libraries can send here. A
      file that needs no resuming goes in <a href="#uploadFiles">one request</a>.
    </p>`,
  side: exampleTabs(writtenExample('resumable-upload'), 'An upload in four steps'),
}

const PAGES: Chapter = {
  id: 'pages',
  title: 'Pages',
  text: html`
    <p>
      A list answers with at most <code>limit</code> entries, the newest first, and says in <code>has_more</code>
      whether others follow. Give <code>next_cursor</code> as <code>after</code> to have them: what is added or deleted
      meanwhile moves nothing, and a page costs the same however far behind it is. <code>page</code> counts pages
      instead, up to entry 10,000. Keys are listed with <code>page_size</code> in place of <code>limit</code>.
    </p>`,
  side: exampleTabs(writtenExample('list-files'), 'Every file, page by page'),
}

function errors(document: Document): Chapter {
  const envelope = document.components.schemas.Error ?? {}
  const schema = envelope.properties?.error ?? {}
  // The codes have a table of their own.
  const { code = {}, ...others } = schema.properties ?? {}
  const { enum: _, ...briefCode } = code
  const brief = { ...schema, properties: { code: briefCode, ...others } }
  const sample = document.components.examples.FILE_NOT_FOUND?.value ?? {}
  return {
    id: 'errors',
    title: 'Errors',
    text: html`
      <p>${withCode(envelope.description ?? '')}</p>
      <p>The <code>error</code> always has these fields:</p>
      ${fieldList(schemaFields(brief, true))}
      ${errorTable(document)}`,
    side: html`
      <figure class="sample">
        <figcaption>Answer 404</figcaption>
        ${codeBlock(JSON.stringify(sample, null, 2), 'json', 'An error')}
      </figure>`,
  }
}

const LIMITS: Chapter = {
  id: 'limits',
  title: 'Limits',
  text: html`
    <p>
      Each key may make so many requests a minute as the operator allows, 6,000 where nothing else is set;
      <code>X-RateLimit-Limit</code>, <code>-Remaining</code> and <code>-Reset</code> say where it stands. Beyond it 429
      is answered, and <code>Retry-After</code> says how many seconds to wait. Requests on session URIs are not counted.
    </p>
    <p>
      How large a file may be, how long an upload may take and which types are taken is the operator’s choice; the answer
      of <a href="#createUploadUrl">createUploadUrl</a> says the first two.
    </p>`,
  side: null,
}

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
  /** Content next to the text. */
  readonly side: Html | null
}

/** Returns the chapters before the operations, on subjects that concern all of them. */
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
        The API uses JSON with names in <code>snake_case</code>, times in ISO 8601 and UTC, and sizes in bytes. This page is
        generated from <a href="openapi.json">openapi.json</a>, the OpenAPI document of the API.
      </p>
      <p>
        To run the examples, first set these variables and create these two files. Examples in TypeScript need
        <code>@waybill/sdk</code>, examples in Python need <code>requests</code>. Some examples read more values from
        environment variables:
      </p>
      <dl class="fields">
        <dt><code>UPLOAD_URL</code></dt>
        <dd><p>The URI of an upload session, from <a href="#createUploadUrl">createUploadUrl</a>.</p></dd>
        <dt><code>GCS_PATH</code></dt>
        <dd><p>The name of the object, from the same response.</p></dd>
        <dt><code>FILE_ID</code></dt>
        <dd><p>The id of a file, from <a href="#registerFile">registerFile</a> or <a href="#listFiles">listFiles</a>.</p></dd>
        <dt><code>DOWNLOAD_URL</code></dt>
        <dd><p>A download URL, valid for one hour, from <a href="#getFileContent">getFileContent</a>.</p></dd>
        <dt><code>LINK_ID</code>, <code>SHARE_URL</code></dt>
        <dd><p>The id and the URL of a share link, from <a href="#createShareLink">createShareLink</a>.</p></dd>
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
      Send the secret of an API key in the header <code>X-API-Key</code> or as
      <code>Authorization: Bearer …</code>. A key belongs to one organization, whose id is in the path. Its scopes
      determine which operations it may call; <code>admin</code> includes all scopes. The service checks the key before
      the body: a request with a wrong key gets a 401, even if the body is invalid too.
    </p>
    <p>
      Two kinds of URL need no key, because they are credentials themselves: the <code>upload_url</code> of an
      upload and the <code>download_url</code> of a file. Give them only to clients that should send or read these bytes.
    </p>`,
  side: null,
}

const UPLOAD: Chapter = {
  id: 'upload',
  title: 'An upload in four steps',
  text: html`
    <ol>
      <li>
        <a href="#createUploadUrl">Open a session</a> with the file's name, size and type. The response contains the
        session's URI as <code>upload_url</code>.
      </li>
      <li>
        <a href="#receiveUpload">Send the bytes</a> to this URI with PUT, in one request or in chunks with a
        <code>Content-Range</code>. The size of every chunk but the last must be a multiple of 262,144 bytes. The response
        to these chunks is a 308.
      </li>
      <li>
        After a lost connection, query the progress: send <code>Content-Range: bytes */*</code> without a body. The
        header <code>Range</code> of the response names the bytes that are on disk; without it, no bytes are. Continue
        with the next byte, from any process. Bytes that are sent twice change nothing.
      </li>
      <li>
        <a href="#registerFile">Register the file</a>. The service verifies its bytes and gives it an id. Repeating the
        call returns the same file, so that you can repeat it after a lost response.
      </li>
    </ol>
    <p>
      Steps 2 and 3 use the resumable upload protocol of Google Cloud Storage, so its client libraries can upload here.
      A file that need not be resumable can be sent in <a href="#uploadFiles">one request</a>.
    </p>`,
  side: exampleTabs(writtenExample('resumable-upload'), 'An upload in four steps'),
}

const PAGES: Chapter = {
  id: 'pages',
  title: 'Pages',
  text: html`
    <p>
      A list returns at most <code>limit</code> entries, newest first. <code>has_more</code> is true when there are more.
      Pass <code>next_cursor</code> as <code>after</code> to get the next page. Entries that are added or deleted in
      between do not shift the pages, and the cost does not grow with depth. As an alternative, <code>page</code> counts
      pages, up to entry 10,000. The list of keys has <code>page_size</code> instead of <code>limit</code>.
    </p>`,
  side: exampleTabs(writtenExample('list-files'), 'Every file, page by page'),
}

function errors(document: Document): Chapter {
  const envelope = document.components.schemas.Error ?? {}
  const schema = envelope.properties?.error ?? {}
  // The codes are listed in their own table.
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
        <figcaption>Response 404</figcaption>
        ${codeBlock(JSON.stringify(sample, null, 2), 'json', 'An error')}
      </figure>`,
  }
}

const LIMITS: Chapter = {
  id: 'limits',
  title: 'Limits',
  text: html`
    <p>
      The operator sets how many requests a key may make per minute; the default is 6,000. The headers
      <code>X-RateLimit-Limit</code>, <code>X-RateLimit-Remaining</code> and <code>X-RateLimit-Reset</code> show the
      current state. Further requests get a 429, and <code>Retry-After</code> is the number of seconds to wait. Requests to
      session URIs are not counted.
    </p>
    <p>
      The operator also limits the size of a file, the duration of an upload and the content types. The response of
      <a href="#createUploadUrl">createUploadUrl</a> contains the first two limits.
    </p>`,
  side: null,
}

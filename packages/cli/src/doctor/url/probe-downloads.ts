import type { IncomingHttpHeaders } from 'node:http'
import { type CheckResult, failed, warning } from '../finding.ts'
import { type HttpResponse, sendRequest } from './send-request.ts'
import { callApi, excerptOf, expectJson, FILE_NAME, openSession, type Target } from './target.ts'

/** Text that compresses well and contains words that proxy filters commonly replace. */
const LINES = 'Waybill https://waybill.example/ </head> </body>\n'.repeat(400)
const CONTENT = Buffer.from(LINES)
/** `text/html` is the only type that nginx compresses by default; the other type is for other filters. */
const TYPES = ['text/html', 'text/plain']
const FIRST = 10
const LAST = 29

/** Uploads small files, downloads them completely and in part, and removes them. */
export async function probeDownloads(target: Target): Promise<CheckResult[]> {
  const results: CheckResult[] = []
  const refused: string[] = []
  for (const contentType of TYPES) {
    const opened = await openSession(target, CONTENT.length, contentType).catch((error: Error) => error)
    if (opened instanceof Error) {
      if (!opened.message.includes('UNSUPPORTED_FILE_TYPE')) throw opened
      refused.push(contentType)
      continue
    }
    const content =
      contentType === 'text/html'
        ? Buffer.from(`<!DOCTYPE html><html>${LINES}`).subarray(0, CONTENT.length)
        : CONTENT
    const sent = await sendRequest(
      {
        method: 'PUT',
        url: opened.uri,
        headers: { 'content-length': content.length, 'content-type': contentType },
      },
      content,
    )
    if (sent.status !== 200)
      throw new Error(`an upload of ${content.length} bytes returned ${sent.status}: ${excerptOf(sent)}`)
    await expectJson(target, 201, 'POST', '/files', {
      filename: FILE_NAME,
      gcs_path: opened.objectName,
      file_size: content.length,
      mime_type: contentType,
    })
    results.push(...(await probeFile(target, opened.fileId, content)))
  }
  if (refused.length === TYPES.length) {
    return [
      warning(
        'downloads-not-tried',
        `Downloads were not tested: ALLOWED_MIME_TYPES allows neither ${TYPES.join(' nor ')}.`,
      ),
    ]
  }
  // The same problem is found once per content type.
  return results.filter(({ code }, index) => results.findIndex((other) => other.code === code) === index)
}

async function probeFile(target: Target, fileId: string, content: Buffer): Promise<CheckResult[]> {
  const path = `/files/${fileId}`
  let isDeleted = false
  try {
    const { download_url } = await expectJson(target, 200, 'GET', `${path}/content`)
    const issuedUrl = new URL(download_url)
    const url = `${target.url}/v1/organizations/${target.organizationId}${path}/download${issuedUrl.search}`
    const get = (headers: Record<string, string>) => sendRequest({ method: 'GET', url, headers })
    const results = [
      ...fullDownloadProblems(await get({}), content),
      ...rangeProblems(await get({ range: `bytes=${FIRST}-${LAST}` }), content),
      ...compressionProblems(await get({ 'accept-encoding': 'gzip, br, zstd' })),
    ]
    const { status } = await callApi(target, 'DELETE', path)
    isDeleted = true
    if (status !== 204) throw new Error(`DELETE of a file returned ${status}`)
    return [...results, ...cacheProblems(await get({}))]
  } finally {
    if (!isDeleted) await callApi(target, 'DELETE', path)
  }
}

const NEEDED: readonly (keyof IncomingHttpHeaders)[] = [
  'etag',
  'accept-ranges',
  'content-length',
  'content-disposition',
  'x-content-type-options',
  'content-security-policy',
]

function fullDownloadProblems({ status, headers, body }: HttpResponse, content: Buffer): CheckResult[] {
  if (status !== 200) throw new Error(`a download returned ${status}: ${body.toString('utf8', 0, 300)}`)
  if (!body.equals(content)) {
    return [
      failed(
        'bytes-changed',
        'The proxy changes the bytes of downloads. nginx: remove "sub_filter", "addition" and "ssi" here; Caddy: remove "replace" and "templates".',
      ),
    ]
  }
  return lostHeaders(NEEDED.filter((name) => headers[name] === undefined))
}

function lostHeaders(lost: readonly (string | number)[]): CheckResult[] {
  if (lost.length === 0) return []
  return [
    failed(
      'download-headers-lost',
      `The proxy removes headers of downloads: ${lost.join(', ')}. Clients cannot resume downloads safely. nginx: remove "proxy_hide_header" for them, and "max_ranges 0;"; Caddy: remove "header_down" for them.`,
    ),
  ]
}

function rangeProblems({ status, headers, body }: HttpResponse, content: Buffer): CheckResult[] {
  if (status === 200) {
    return [
      failed(
        'range-request-lost',
        'The proxy removes the request header Range: a request for a part of a file returns the complete file. nginx: remove "proxy_set_header Range" and "proxy_cache"; Caddy: remove "header_up -Range".',
      ),
    ]
  }
  const isPart = status === 206 && body.equals(content.subarray(FIRST, LAST + 1))
  if (!isPart) {
    return [
      failed(
        'range-answered-wrong',
        `A request for a part of a file returned ${status} with ${body.length} bytes that are not the requested part. nginx: remove "proxy_cache", "proxy_force_ranges" and "slice" here.`,
      ),
    ]
  }
  return lostHeaders(
    headers['content-range'] === `bytes ${FIRST}-${LAST}/${content.length}` ? [] : ['content-range'],
  )
}

function compressionProblems({ headers }: HttpResponse): CheckResult[] {
  const encoding = headers['content-encoding']
  if (encoding === undefined) return []
  return [
    warning(
      'compression',
      `The proxy compresses downloads (${encoding}): they lose their length, and interrupted downloads cannot resume. nginx: set "gzip off;" (and "brotli off;"); Caddy: remove "encode".`,
    ),
  ]
}

function cacheProblems({ status }: HttpResponse): CheckResult[] {
  if (status !== 200) return []
  return [
    failed(
      'download-cached',
      'The proxy still serves a deleted file from its cache. nginx: remove "proxy_cache", or "proxy_ignore_headers Cache-Control"; Caddy: remove "cache".',
    ),
  ]
}

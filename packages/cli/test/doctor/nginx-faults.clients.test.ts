import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { freePort } from '../../../server/test/free-port.ts'
import { startServer, type TestServer } from '../../../server/test/start-server.ts'
import type { CheckResult } from '../../src/doctor/finding.ts'
import { checkUrl } from '../../src/doctor/url/check-url.ts'
import { missingNginx, startNginx } from './start-nginx.ts'

const skip = await missingNginx()

/** Directives that the proxy needs. A case leaves one out or adds another. */
const RIGHT = {
  client_max_body_size: '0',
  client_body_timeout: '75s',
  merge_slashes: 'off',
  proxy_http_version: '1.1',
  proxy_request_buffering: 'off',
  proxy_pass: 'http://waybill',
}

interface Case {
  readonly fault: string
  /** Directives that take the place of the right ones; null leaves one out. */
  readonly wrong?: Partial<Record<keyof typeof RIGHT, string | null>>
  readonly inLocation?: string
  readonly inServer?: string
  readonly inHttp?: string
  readonly codes: readonly string[]
  readonly says: RegExp
  /** Duration of the slow uploads, in cases that depend on it. */
  readonly seconds?: number
  /** Version of the draft whose clients get interim responses, which nginx cannot forward. */
  readonly interopVersion?: number
}

type Options = Pick<Partial<Case>, 'seconds'> & { readonly interopVersion?: number | null }

const CASES: readonly Case[] = [
  {
    fault: 'holds bodies back until they are complete',
    wrong: { proxy_request_buffering: null },
    codes: ['request-buffering'],
    says: /proxy_request_buffering off/,
  },
  {
    fault: 'holds bodies without a length back, for it speaks HTTP/1.0',
    wrong: { proxy_http_version: null },
    codes: ['chunked-buffering'],
    says: /proxy_http_version 1\.1/,
  },
  {
    fault: 'refuses bodies of more than its default of 1 MiB',
    wrong: { client_max_body_size: null },
    codes: ['body-limit'],
    says: /about 1 MB .*client_max_body_size 0/,
  },
  {
    fault: 'refuses bodies of more than 64 MiB',
    wrong: { client_max_body_size: '64m' },
    codes: ['body-limit'],
    says: /about 67\.1 MB /,
  },
  {
    fault: 'ends uploads that are silent for a moment',
    wrong: { client_body_timeout: '400ms' },
    codes: ['silence-limit'],
    says: /client_body_timeout 75s/,
    seconds: 1,
  },
  {
    fault: 'loses the Range of a 308',
    inLocation: 'proxy_hide_header Range;',
    codes: ['range-answer-lost'],
    says: /proxy_hide_header Range/,
  },
  {
    fault: 'loses the Range of a download',
    inLocation: 'proxy_set_header Range "";',
    codes: ['range-request-lost'],
    says: /proxy_set_header Range/,
  },
  {
    fault: 'answers something else for a 308',
    inServer: 'proxy_intercept_errors on; error_page 308 =200 /more; location = /more { return 200 "more"; }',
    codes: ['answer-308-replaced'],
    says: /proxy_intercept_errors off/,
  },
  {
    fault: 'loses Content-Range',
    inLocation: 'proxy_set_header Content-Range "";',
    codes: ['content-range-lost'],
    says: /proxy_set_header Content-Range/,
  },
  {
    fault: 'loses X-API-Key',
    inLocation: 'proxy_set_header X-API-Key "";',
    codes: ['api-key-lost'],
    says: /proxy_set_header X-API-Key/,
  },
  {
    fault: 'loses X-Goog-Hash',
    inLocation: 'proxy_set_header X-Goog-Hash "";',
    codes: ['google-headers-lost'],
    says: /X-Goog-Hash \(request\)/,
  },
  {
    fault: 'loses X-GUploader-No-308',
    inLocation: 'proxy_set_header X-GUploader-No-308 "";',
    codes: ['google-headers-lost'],
    says: /X-GUploader-No-308 \(request\)/,
  },
  {
    fault: 'loses X-HTTP-Status-Code-Override',
    inLocation: 'proxy_hide_header X-HTTP-Status-Code-Override;',
    codes: ['google-headers-lost'],
    says: /X-HTTP-Status-Code-Override \(response\)/,
  },
  {
    fault: 'compresses downloads',
    inServer: 'gzip on;',
    codes: ['compression'],
    says: /gzip off/,
  },
  {
    fault: 'decodes paths',
    wrong: { proxy_pass: 'http://waybill/' },
    codes: ['path-decoded'],
    says: /not even a slash/,
  },
  {
    fault: 'merges slashes, and decodes paths too',
    wrong: { proxy_pass: 'http://waybill/', merge_slashes: 'on' },
    codes: ['path-decoded', 'slashes-merged'],
    says: /merge_slashes off/,
  },
  {
    fault: 'adds its own word on other origins',
    inServer: 'add_header Access-Control-Allow-Origin * always;',
    codes: ['cross-origin-changed'],
    says: /add_header/,
  },
  {
    fault: 'changes the bytes of files',
    inLocation: 'sub_filter waybill.example other.example; sub_filter_types text/plain; sub_filter_once off;',
    codes: ['bytes-changed'],
    says: /sub_filter/,
  },
  {
    fault: 'loses a header of downloads',
    inLocation: 'proxy_hide_header ETag;',
    codes: ['download-headers-lost'],
    says: /etag/,
  },
  {
    fault: 'loses Content-Range of downloads',
    inLocation: 'proxy_hide_header Content-Range;',
    codes: ['download-headers-lost'],
    says: /content-range/,
  },
  {
    fault: 'serves files that are deleted',
    inHttp: 'proxy_cache_path FOLDER/cache keys_zone=files:1m;',
    inServer: `location ~ /download$ { proxy_pass http://waybill; proxy_cache files; proxy_cache_valid 200 1m;
      proxy_ignore_headers Cache-Control; }`,
    codes: ['download-cached'],
    says: /proxy_cache/,
  },
  {
    fault: 'refuses PATCH',
    inLocation: 'if ($request_method = PATCH) { return 405; }',
    codes: ['method-refused'],
    says: /changes PATCH on upload URLs \(405\)/,
  },
  {
    fault: 'refuses HEAD',
    inLocation: 'if ($request_method = HEAD) { return 403; }',
    codes: ['method-refused'],
    says: /changes HEAD on upload URLs \(403\)/,
  },
  {
    fault: 'refuses DELETE on upload URLs',
    inServer: `location /upload/ { proxy_pass http://waybill; proxy_http_version 1.1; proxy_request_buffering off;
      limit_except GET PUT POST PATCH OPTIONS { deny all; } }`,
    codes: ['method-refused'],
    says: /changes DELETE on upload URLs \(403\)/,
  },
  {
    fault: 'loses Tus-Resumable',
    inLocation: 'proxy_set_header Tus-Resumable "";',
    codes: ['tus-headers-lost'],
    says: /Tus-Resumable \(request\)\./,
  },
  {
    fault: 'loses Upload-Complete',
    inLocation: 'proxy_set_header Upload-Complete "";',
    codes: ['ietf-headers-lost'],
    says: /Upload-Complete \(request\)\./,
  },
  ...['Upload-Length', 'Upload-Offset'].map((name) => ({
    fault: `loses ${name}`,
    inLocation: `proxy_set_header ${name} "";`,
    codes: ['ietf-headers-lost', 'tus-headers-lost'],
    says: new RegExp(`${name} \\(request\\)`),
  })),
  {
    fault: 'loses headers that are not needed for the upload itself',
    inLocation: [
      'Upload-Metadata',
      'Upload-Checksum',
      'X-HTTP-Method-Override',
      'Content-Digest',
      'Repr-Digest',
    ]
      .map((name) => `proxy_set_header ${name} "";`)
      .join(' '),
    codes: ['ietf-headers-lost', 'tus-headers-lost'],
    says: /Upload-Metadata, Upload-Checksum \(request\), X-HTTP-Method-Override \(request\)\.[\s\S]*Content-Digest \(request\), Repr-Digest \(request\)\./,
  },
  {
    fault: 'loses headers of responses',
    inLocation: ['Tus-Resumable', 'Upload-Expires', 'Upload-Complete', 'Upload-Limit']
      .map((name) => `proxy_hide_header ${name};`)
      .join(' '),
    codes: ['ietf-headers-lost', 'tus-headers-lost'],
    says: /Tus-Resumable \(response\), Upload-Expires \(response\)\.[\s\S]*Upload-Complete \(response\), Upload-Limit \(response\)\./,
  },
  {
    fault: 'loses Location',
    inLocation: 'proxy_hide_header Location;',
    codes: ['ietf-headers-lost', 'tus-headers-lost'],
    says: /Location \(response\)/,
  },
  {
    fault: 'changes Location',
    inLocation: 'proxy_redirect ~^http://[^/]+(/.*)$ https://files.example$1;',
    codes: ['location-changed'],
    says: /to https:\/\/files\.example\/upload[\s\S]*"proxy_redirect off;"/,
  },
  {
    fault: 'takes a 104 for the final response',
    interopVersion: 8,
    codes: ['interim-responses-broken'],
    says: /RUFH_INTEROP=none/,
  },
  {
    fault: 'redirects',
    inServer: 'return 301 https://files.example$request_uri;',
    codes: ['redirects'],
    says: /https:\/\/files\.example/,
  },
  {
    fault: 'leads elsewhere',
    inServer: 'return 200 "It works!";',
    codes: ['not-waybill'],
    says: /proxy_pass/,
  },
]

describe('an nginx in front of the service', { skip }, () => {
  let port: number
  let server: TestServer
  before(async () => {
    port = await freePort()
    server = await startServer({ env: { PUBLIC_URL: `http://127.0.0.1:${port}` } })
  })
  after(() => server.stop())

  const check = (url: string, { seconds = 0.2, interopVersion = null }: Options): Promise<CheckResult[]> =>
    checkUrl({
      url,
      organizationId: server.organizationId,
      apiKey: server.apiKey,
      contentType: 'application/octet-stream',
      seconds,
      receivesBytes: true,
      idleMs: 60_000,
      interopVersion,
    })
  const checkBehind = async (config: string, listensOn = port, options: Options = {}) => {
    const nginx = await startNginx(config, listensOn)
    return check(`http://127.0.0.1:${listensOn}`, options).finally(nginx.stop)
  }
  const faultsOf = (seen: readonly CheckResult[]) => seen.filter(({ level }) => level !== 'ok')
  const codesOf = (seen: readonly CheckResult[]) =>
    faultsOf(seen)
      .map(({ code }) => code)
      .sort()

  const nginxConfig = (
    { wrong = {}, inLocation = '', inServer = '', inHttp = '' }: Partial<Case>,
    on = port,
  ) => {
    const directives = Object.entries({ ...RIGHT, ...wrong }).filter(([, value]) => value !== null)
    const text = (inside: boolean) =>
      directives
        .filter(([name]) => name.startsWith('proxy_') === inside)
        .map(([name, value]) => `${name} ${value};`)
        .join(' ')
    return `${inHttp} upstream waybill { server ${new URL(server.url).host}; }
      server { listen 127.0.0.1:${on}; ${text(false)} ${inServer} location / { ${text(true)} ${inLocation} } }`
  }

  it('nothing is found through an nginx that is set up right', async () => {
    assert.deepEqual(faultsOf(await checkBehind(nginxConfig({}))), [])
  })

  for (const fault of CASES) {
    it(`an nginx is found that ${fault.fault}`, async () => {
      const seen = await checkBehind(nginxConfig(fault), port, fault)
      assert.deepEqual(codesOf(seen), fault.codes, JSON.stringify(seen))
      assert.match(seen.map(({ message }) => message).join('\n'), fault.says)
    })
  }

  it('an address is found that the service does not hand out', async () => {
    const other = await freePort()
    const seen = await checkBehind(nginxConfig({}, other), other)
    assert.deepEqual(codesOf(seen), ['other-url'])
    assert.match(seen[0]?.message ?? '', new RegExp(`PUBLIC_URL=http://127.0.0.1:${other}`))
  })

  it('no upload and no file is left behind, whatever the proxy does', async () => {
    const { organizationId, apiKey } = server
    // biome-ignore lint/suspicious/noExplicitAny: a JSON response has the shape that its reader expects
    const list = async (path: string): Promise<any> => {
      const url = `${server.url}/v1/organizations/${organizationId}${path}`
      return (await fetch(url, { headers: { 'x-api-key': apiKey } })).json()
    }
    assert.deepEqual((await list('/files/uploads')).uploads, [])
    assert.deepEqual((await list('/files')).files, [])
  })
})

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { after, before, describe, it } from 'node:test'
import { gunzipSync, gzipSync } from 'node:zlib'
import { consoleRoute } from '@waybill/server/protocols/pages/console-route.ts'
import { startServer, type TestServer } from '../../server/test/start-server.ts'
import { assertAppearsOnceBuilt } from './assert-appears-once-built.ts'

const MAX_SCRIPT_BYTES = 200_000

describe("the console's files", () => {
  let server: TestServer
  before(async () => {
    server = await startServer()
  })
  after(() => server.stop())

  const get = (path: string, headers: Record<string, string> = {}) =>
    fetch(`${server.url}${path}`, { headers, redirect: 'manual' })
  const assetsOf = async (): Promise<string[]> => {
    const html = await (await get('/console/')).text()
    return Array.from(html.matchAll(/(?:src|href)="\.\/(assets\/[^"]+)"/g), ([, path]) => `/console/${path}`)
  }

  it('are found from /console', async () => {
    const { status, headers } = await get('/console')
    assert.equal(status, 302)
    assert.equal(new URL(headers.get('location') ?? '', `${server.url}/console`).pathname, '/console/')
  })

  it('are one page at every place that the page knows', async () => {
    const first = await (await get('/console/')).text()
    for (const place of ['files', 'storage', 'keys']) {
      const answer = await get(`/console/${place}?file=file_1`)
      assert.equal(answer.headers.get('content-type'), 'text/html; charset=utf-8')
      assert.equal(await answer.text(), first)
    }
  })

  it('let nothing of others into the page, and the page into no frame', async () => {
    for (const path of ['/console', '/console/', ...(await assetsOf())]) {
      const { headers } = await get(path)
      const policy = new Map(
        (headers.get('content-security-policy') ?? '').split('; ').map((part) => {
          const [name = '', ...values] = part.split(' ')
          return [name, values.join(' ')]
        }),
      )
      assert.equal(policy.get('default-src'), "'none'")
      assert.equal(policy.get('script-src'), "'self'")
      assert.equal(policy.get('style-src'), "'self'")
      assert.equal(policy.get('connect-src'), "'self'")
      assert.equal(policy.get('frame-ancestors'), "'none'")
      assert.doesNotMatch([...policy.values()].join(' '), /unsafe|\*|https?:|data:|blob:/)
      assert.equal(headers.get('x-content-type-options'), 'nosniff')
      assert.equal(headers.get('referrer-policy'), 'no-referrer')
    }
  })

  it('are asked for again where they may change, and never where their names change with them', async () => {
    const page = await get('/console/')
    assert.equal(page.headers.get('cache-control'), 'no-cache')
    const etag = page.headers.get('etag') ?? ''
    assert.equal((await get('/console/', { 'if-none-match': etag })).status, 304)
    const assets = await assetsOf()
    assert.ok(assets.length >= 3)
    for (const path of assets) {
      const { status, headers } = await get(path)
      assert.equal(status, 200)
      assert.match(headers.get('cache-control') ?? '', /immutable/)
    }
  })

  it('come as small as the client takes them', async () => {
    const [script = ''] = (await assetsOf()).filter((path) => path.endsWith('.js'))
    const plain = execFileSync('curl', ['-s', `${server.url}${script}`], { maxBuffer: 2 ** 24 })
    const small = execFileSync('curl', ['-s', '-H', 'Accept-Encoding: gzip', `${server.url}${script}`])
    assert.ok(small.length < plain.length / 2)
    assert.deepEqual(gunzipSync(small), plain)
    assert.ok(gzipSync(plain).length <= MAX_SCRIPT_BYTES)
  })

  it('are no way to other files', async () => {
    const paths = [
      '../package.json',
      '..%2fpackage.json',
      '%2e%2e/package.json',
      'assets/../../package.json',
      'assets/none.js',
    ]
    for (const path of paths) {
      const url = `${server.url}/console/${path}`
      const status = execFileSync('curl', [
        '-s',
        '--path-as-is',
        '-o',
        '/dev/null',
        '-w',
        '%{http_code}',
        url,
      ])
      assert.equal(status.toString(), '404', path)
    }
  })
})

describe('a console that is not built', () => {
  it('says how to build it, and is there as soon as it is', () =>
    assertAppearsOnceBuilt((directory) => consoleRoute(undefined, directory), '/console/', /npm run console/))
})

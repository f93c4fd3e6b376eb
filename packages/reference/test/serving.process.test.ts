import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { referenceRoute } from '@waybill/server/protocols/pages/reference-route.ts'
import { assertAppearsOnceBuilt } from '../../console/test/assert-appears-once-built.ts'
import { startServer, type TestServer } from '../../server/test/start-server.ts'
import { operations } from './operations.ts'

const MAX_PAGE_BYTES = 90_000

describe('the reference at /docs', () => {
  let server: TestServer
  before(async () => {
    server = await startServer()
  })
  after(() => server.stop())

  const get = (path: string) => fetch(`${server.url}${path}`, { redirect: 'manual' })
  const filesOf = async (): Promise<string[]> => {
    const page = await (await get('/docs')).text()
    return Array.from(page.matchAll(/(?:src|href)="(docs\/assets\/[^"]+)"/g), ([, path]) => `/${path}`)
  }

  it('is a page with every operation, and small on its way', async () => {
    const answer = await get('/docs')
    assert.equal(answer.status, 200)
    assert.equal(answer.headers.get('content-type'), 'text/html; charset=utf-8')
    const page = await answer.text()
    for (const { operationId } of operations) assert.ok(page.includes(`id="${operationId}"`), operationId)
    assert.equal(answer.headers.get('content-encoding'), 'gzip')
    assert.ok(Number(answer.headers.get('content-length')) < MAX_PAGE_BYTES)
  })

  it('has files that last, and lets nothing of others in', async () => {
    const files = await filesOf()
    assert.ok(files.length >= 3)
    for (const path of ['/docs', ...files]) {
      const { status, headers } = await get(path)
      assert.equal(status, 200, path)
      assert.equal(headers.get('cache-control')?.includes('immutable'), path !== '/docs')
      const policy = headers.get('content-security-policy') ?? ''
      assert.match(policy, /default-src 'none'; script-src 'self'; style-src 'self'/)
      assert.doesNotMatch(policy, /unsafe|\*|https?:|data:|blob:/)
      assert.equal(headers.get('x-content-type-options'), 'nosniff')
    }
  })

  it('is found with a slash too, and is no way to other files', async () => {
    const { status, headers } = await get('/docs/')
    assert.equal(status, 302)
    assert.equal(new URL(headers.get('location') ?? '', `${server.url}/docs/`).pathname, '/docs')
    for (const path of [
      'index.html',
      'assets/none.js',
      'assets/..%2findex.html',
      'assets/%2e%2e/index.html',
    ]) {
      assert.equal((await get(`/docs/${path}`)).status, 404, path)
    }
  })
})

describe('a reference that is not built', () => {
  it('says how to build it, and is there as soon as it is', () =>
    assertAppearsOnceBuilt(referenceRoute, '/docs', /npm run reference/))
})

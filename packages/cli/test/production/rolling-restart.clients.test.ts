import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { promisify } from 'node:util'
import { eventually } from '../../../server/test/clients/eventually.ts'
import { createScratchFolder } from '../../../server/test/clients/random-file.ts'
import { freePort } from '../../../server/test/free-port.ts'
import { startServer, type TestServer } from '../../../server/test/start-server.ts'
import { missingNginx, type Nginx, startNginx } from '../doctor/start-nginx.ts'
import { blockOfPage, replaced } from './production-page.ts'
import { createRetryingClient, type StoredFile } from './retrying-client.ts'

const UPLOADERS = 4
const FILE_BYTES = 900_000
const skip = await missingNginx()

describe('two processes behind the nginx of docs/production.md', { skip }, () => {
  let folder: Awaited<ReturnType<typeof createScratchFolder>>
  let servers: TestServer[]
  let nginx: Nginx
  let url: string
  before(async () => {
    folder = await createScratchFolder()
    const port = await freePort()
    url = `http://127.0.0.1:${port}`
    const options = { dataDir: `${folder.path}/data`, env: { PUBLIC_URL: url } }
    servers = [await startServer(options), await startServer(options)]
    const [first, second] = servers.map((server) => new URL(server.url).host)
    const config = replaced(await configOfTwo(folder.path), {
      'server 127.0.0.1:8080 max_fails=0;': `server ${first} max_fails=0;`,
      'server 127.0.0.1:8081 max_fails=0;': `server ${second} max_fails=0;`,
      'listen 443 ssl http2': `listen 127.0.0.1:${port}`,
      '    ssl_certificate     /etc/ssl/files.example.com.pem;\n': '',
      '    ssl_certificate_key /etc/ssl/files.example.com.key;\n': '',
      '/var/log/nginx/waybill.log': `${folder.path}/waybill.log`,
    })
    nginx = await startNginx(config, port)
  })
  after(async () => {
    await nginx?.stop()
    for (const server of servers ?? []) await server.stop()
    await folder?.remove()
  })

  it('are restarted one after the other under load, and every upload and download succeeds', async (test) => {
    const [first] = servers
    assert.ok(first)
    const { organizationId, apiKey } = first
    const client = createRetryingClient(() => ({ url, organizationId, apiKey }))
    const stored: StoredFile[] = []
    let isOver = false
    const uploaders = Array.from({ length: UPLOADERS }, async () => {
      while (!isOver) {
        const file = await client.upload(FILE_BYTES)
        assert.equal(await client.download(file.id), file.sha256)
        stored.push(file)
      }
    })
    const load = Promise.all(uploaders)
    const goesOn = async () => {
      const before = stored.length
      const goneOn = eventually('the load goes on', () => stored.length >= before + 2 * UPLOADERS)
      await Promise.race([load, goneOn])
    }

    await goesOn()
    for (const [index, server] of servers.entries()) {
      assert.equal(await server.kill('SIGTERM'), 0, 'it drains, and ends by itself')
      await goesOn()
      servers[index] = await server.restart()
      await goesOn()
    }
    isOver = true
    await load
    for (const { id, sha256 } of stored) assert.equal(await client.download(id), sha256)
    test.diagnostic(`${stored.length} files; ${client.retries()} requests were sent again`)
  })
})

/** The page's configuration, after its command that adds the second process. */
async function configOfTwo(folder: string): Promise<string> {
  const path = join(folder, 'waybill.conf')
  await writeFile(path, await blockOfPage('nginx', 'nginx'))
  const command = replaced(await blockOfPage('Upgrade without downtime', 'sh'), {
    '/etc/nginx/conf.d/waybill.conf': path,
  })
  await promisify(execFile)('sh', ['-e', '-c', command])
  return readFile(path, 'utf8')
}

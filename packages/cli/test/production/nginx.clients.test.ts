import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { after, before, describe, it } from 'node:test'
import { createScratchFolder } from '../../../server/test/clients/random-file.ts'
import { missingProgram, runProgram } from '../../../server/test/clients/run-program.ts'
import { freePort } from '../../../server/test/free-port.ts'
import { startServer, type TestServer } from '../../../server/test/start-server.ts'
import { missingNginx, type Nginx, startNginx } from '../doctor/start-nginx.ts'
import { assertProtocolWorks, assertUploadWorks, doctorsFaults } from './behind-proxy.ts'
import { type Certificate, makeCertificate, missingOpenssl } from './certificate.ts'
import { blockOfPage, replaced } from './production-page.ts'

const skip = (await missingNginx()) || (await missingProgram('curl')) || (await missingOpenssl())

describe('nginx as docs/production.md sets it up', { skip }, () => {
  let folder: Awaited<ReturnType<typeof createScratchFolder>>
  let certificate: Certificate
  let server: TestServer
  let nginx: Nginx
  let url: string
  before(async () => {
    folder = await createScratchFolder()
    certificate = await makeCertificate(folder.path)
    const port = await freePort()
    url = `https://127.0.0.1:${port}`
    server = await startServer({ env: { PUBLIC_URL: url, TRUST_PROXY: '127.0.0.1', RUFH_INTEROP: 'none' } })
    const config = replaced(await blockOfPage('nginx', 'nginx'), {
      '127.0.0.1:8080': new URL(server.url).host,
      'listen 443 ssl http2': `listen 127.0.0.1:${port} ssl http2`,
      '/etc/ssl/files.example.com.pem': certificate.certificatePath,
      '/etc/ssl/files.example.com.key': certificate.keyPath,
      '/var/log/nginx/waybill.log': `${folder.path}/waybill.log`,
    })
    nginx = await startNginx(config, port)
  })
  after(async () => {
    await nginx?.stop()
    await server?.stop()
    await folder?.remove()
  })

  it('has no fault that the doctor knows', async () => {
    const env = {
      NODE_EXTRA_CA_CERTS: certificate.certificatePath,
      PUBLIC_URL: url,
      RUFH_INTEROP: 'none',
    }
    assert.deepEqual(await doctorsFaults(server, url, env), [])
  })

  it('lets 100 MB through, interrupted and resumed, and parts of them back', async () => {
    await assertUploadWorks(server, url, ['--cacert', certificate.certificatePath])
  })

  for (const protocol of ['tus', 'ietf'] as const) {
    it(`lets an upload of the protocol "${protocol}" through, interrupted and resumed`, async () => {
      await assertProtocolWorks(protocol, server, url, ['--cacert', certificate.certificatePath])
    })
  }

  it('names the client itself, whatever address the client claims to have', async () => {
    const statusesOf = async (claimed: string, wrongKeys: number) => {
      // The proxy's own address is trusted, so the client uses another one.
      const client = [
        '--interface',
        '127.0.0.2',
        '-H',
        'X-API-Key: wrong',
        '-H',
        `X-Forwarded-For: ${claimed}`,
      ]
      const quiet = ['-s', '--cacert', certificate.certificatePath, '-o', '/dev/null', '-w', '%{http_code} ']
      const urls = `${url}/v1/organizations/org_1/files?page=[1-${wrongKeys}]`
      return (await runProgram('curl', [...quiet, ...client, urls])).stdout.trim().split(' ')
    }
    assert.equal((await statusesOf('203.0.113.1', 100)).at(-1), '401')
    assert.deepEqual(await statusesOf('203.0.113.2', 1), ['429'])
  })

  it('writes no credential into its access log', async () => {
    const log = await readFile(`${folder.path}/waybill.log`, 'utf8')
    assert.match(log, /"PUT \/upload\/storage\/v1\/b\/waybill\/o" 200 /)
    assert.match(log, /"GET \/v1\/organizations\/\S+\/download" 206 /)
    assert.doesNotMatch(log, /upload_id|token=/)
  })
})

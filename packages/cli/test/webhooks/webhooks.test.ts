import assert from 'node:assert/strict'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { after, before, beforeEach, describe, it } from 'node:test'
import { Webhook as Verifier } from 'standardwebhooks'
import { startService, type TestService } from '../../../sdk/test/start-service.ts'
import { eventually } from '../../../server/test/clients/eventually.ts'
import { createClientCommand } from '../run-in-process.ts'

describe('waybill webhooks', () => {
  let service: TestService
  let receiver: Server
  let url: string
  let status = 204
  let received: { readonly headers: Record<string, string>; readonly body: string }[] = []
  let waybill: ReturnType<typeof createClientCommand>
  before(async () => {
    receiver = createServer(async (request, response) => {
      received.push({ headers: request.headers as Record<string, string>, body: await text(request) })
      response.writeHead(status).end(status === 204 ? undefined : 'out of\norder \u001b[31m')
    })
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve))
    url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`
    service = await startService({ isOnDisk: true, env: { WEBHOOK_ALLOW_PRIVATE: 'true' } })
    waybill = createClientCommand(service)
  })
  after(async () => {
    await service.stop()
    receiver.closeAllConnections()
    receiver.close()
  })
  beforeEach(() => {
    status = 204
    received = []
  })

  async function done(...args: string[]): Promise<string> {
    const { code, stdout, stderr } = await waybill(['webhooks', ...args])
    assert.equal(code, 0, stderr)
    return stdout
  }
  const answered = async (...args: string[]) => JSON.parse(await done(...args, '--json'))
  const upload = async () => {
    const { url: origin, organizationId, apiKey } = service.server
    const form = new FormData()
    form.append('file', new Blob(['a note'], { type: 'text/plain' }), 'note.txt')
    const options = { method: 'POST', headers: { 'x-api-key': apiKey }, body: form }
    assert.equal(
      (await fetch(`${origin}/v1/organizations/${organizationId}/files/upload`, options)).status,
      201,
    )
  }

  it('says where the webhooks are listed for an id that none has', async () => {
    const { code, stderr } = await waybill(['webhooks', 'test', 'whk_none'])
    assert.equal(code, 1)
    assert.match(
      stderr,
      /^waybill: The webhook was not found.* "waybill webhooks list" shows the existing webhooks\./,
    )
  })

  it('creates a webhook whose secret verifies its requests, and lists it without', async () => {
    const shown = await done('create', url, '--types', 'file.created, file.deleted', '--description', 'Mine')
    const [, id = '', secret = ''] =
      /^Created (whk_\S+)\. The secret, shown only once:\n\n {2}(whsec_\S+)\n$/.exec(shown) ?? []
    const table = await done('list')
    assert.match(table, /^ID +STATE +TYPES +URL +DESCRIPTION$/m)
    assert.match(table, new RegExp(`^${id} +active +file\\.created,file\\.deleted +${url} +Mine$`, 'm'))
    assert.ok(!table.includes(secret))
    assert.match(await done('test', id), /^204 \(\d+ ms\)\n$/)
    const [ping] = received
    assert.ok(ping)
    new Verifier(secret).verify(ping.body, ping.headers)
    const rotated = await answered('rotate', id)
    await done('test', id)
    const [, second] = received
    assert.ok(second)
    new Verifier(rotated.secret).verify(second.body, second.headers)
    assert.match(await done('delete', id), /^Deleted whk_/)
    assert.deepEqual(await answered('list'), [])
  })

  it('changes what is said', async () => {
    const { id } = await answered('create', url, '--types', 'file.created')
    assert.deepEqual((await answered('update', id, '--types', 'all')).types, ['*'])
    assert.equal((await answered('update', id, '--inactive')).is_active, false)
    assert.match(await done('list'), new RegExp(`^${id} +inactive +all `, 'm'))
    assert.equal((await answered('update', id, '--active', '--description', 'Other')).is_active, true)
    const { code, stderr } = await waybill(['webhooks', 'update', id])
    assert.equal(code, 1)
    assert.match(stderr, /there is nothing to change/)
    await done('delete', id)
  })

  it('ends with 1 when a test fails, and shows the answer in one harmless line', async () => {
    const { id } = await answered('create', url)
    status = 500
    const { code, stdout } = await waybill(['webhooks', 'test', id])
    assert.equal(code, 1)
    assert.match(stdout, /^500 out of order \ufffd\[31m \(\d+ ms\)\n$/)
    await done('delete', id)
  })

  it('shows deliveries, and sends one once more', async () => {
    const { id } = await answered('create', url, '--types', 'file.created')
    status = 500
    await upload()
    const [failed] = await eventually('the delivery has failed', async () => {
      const found = await answered('deliveries', id)
      return found[0]?.attempts.length > 0 && found
    })
    assert.match(
      await done('deliveries', id),
      /^whd_\S+ +\d{4}-\d\d-\d\d \d\d:\d\d:\d\d +file\.created +waiting +1 +500 out of order/m,
    )
    status = 204
    assert.match(await done('retry', id, failed.id), /^whd_\S+ is sent once more\.\n$/)
    await eventually(
      'it is delivered',
      async () => (await answered('deliveries', id))[0].state === 'delivered',
    )
    assert.equal(new Set(received.map(({ headers }) => headers['webhook-id'])).size, 1)
    assert.deepEqual(await answered('deliveries', id, '--limit', '1'), await answered('deliveries', id))
    await done('delete', id)
  })
})

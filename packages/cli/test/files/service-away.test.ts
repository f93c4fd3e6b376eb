import assert from 'node:assert/strict'
import { stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { startService, type TestService } from '../../../sdk/test/start-service.ts'
import { freePort } from '../../../server/test/free-port.ts'
import { createClientCommand } from '../run-in-process.ts'

describe('the command line, as a client', () => {
  let service: TestService
  let waybill: ReturnType<typeof createClientCommand>
  before(async () => {
    service = await startService()
    waybill = createClientCommand(service)
  })
  after(() => service.stop())

  it('reports a port without a server, with its URL, and retries', async () => {
    const url = `http://127.0.0.1:${await freePort()}`
    const { code, stderr } = await waybill(['files', 'list'], { WAYBILL_URL: url })
    assert.equal(code, 1)
    const lines = stderr.trimEnd().split('\n')
    assert.equal(lines[0], `${url} does not respond (ECONNREFUSED). Retrying in 1 s, 2 tries left.`)
    assert.equal(lines.length, 3)
    assert.match(String(lines[2]), /^waybill: .* Is the URL correct, and is the service running\?$/)
  })

  it('downloads into a folder that it makes, and says where a file is in the way', async () => {
    await writeFile(join(service.folder, 'small.txt'), 'text')
    const sent = await waybill(['files', 'upload', '--json', 'small.txt'])
    const [{ file }] = JSON.parse(sent.stdout)
    const made = await waybill(['files', 'download', file.id, '--output', 'some/new/folder/'])
    assert.equal(made.stdout, 'some/new/folder/small.txt\n')
    for (const output of ['small.txt/', 'small.txt/below/']) {
      const { code, stderr } = await waybill(['files', 'download', file.id, '--output', output])
      assert.equal(code, 1)
      assert.match(
        stderr,
        /^waybill: cannot create the folder small\.txt\/\S*: a file has this path or part of it\.$/m,
      )
    }
  })

  it('advises --type only where it was not given', async () => {
    await writeFile(join(service.folder, 'x.png'), 'this is no picture')
    assert.match((await waybill(['files', 'upload', 'x.png'])).stderr, /Use --type to set its content type/)
    const typed = await waybill(['files', 'upload', '--type', 'image/png', 'x.png'])
    assert.equal(typed.code, 1)
    assert.doesNotMatch(typed.stderr, /--type/)
  })

  for (const key of ['oak_live_secret\nX: y', 'oak_live_secret\r', 'oak live secret']) {
    it(`refuses the key ${JSON.stringify(key)} in a sentence that does not repeat it`, async () => {
      const { code, stdout, stderr } = await waybill(['files', 'list'], { WAYBILL_API_KEY: key })
      assert.equal(code, 1)
      assert.match(stderr, /^waybill: The API key contains a line break/)
      assert.doesNotMatch(stdout + stderr, /secret/)
    })
  }

  it('logs in to the service of the environment without a terminal', async () => {
    const { proxy, server } = service
    const env = { WAYBILL_URL: proxy.url, WAYBILL_ORGANIZATION: server.organizationId, WAYBILL_API_KEY: '' }
    const { code, stdout, stderr } = await waybill(['login'], env, `${server.apiKey}\n`)
    assert.equal(code, 0, stderr)
    assert.ok(stdout.startsWith(`Stored the login for Test (${server.organizationId}) at ${proxy.url} in `))
    assert.equal((await waybill(['logout'])).code, 0)
  })

  it('keeps named logins, says who it is, and forgets one', async () => {
    const unset = { WAYBILL_URL: '', WAYBILL_API_KEY: '', WAYBILL_ORGANIZATION: '' }
    const { proxy, server } = service
    const args = ['--url', proxy.url, '--organization', server.organizationId, '--profile', 'test']
    const login = await waybill(['login', ...args], unset, `${server.apiKey}\n`)
    assert.equal(login.code, 0, login.stderr)
    const path = join(service.folder, 'config/waybill/profiles/test.json')
    assert.equal((await stat(path)).mode & 0o777, 0o600)
    const who = await waybill(['whoami', '--json', '--profile', 'test'], { WAYBILL_API_KEY: 'another' })
    const { key_prefix, ...rest } = JSON.parse(who.stdout)
    assert.deepEqual(rest, {
      url: proxy.url,
      organization_id: server.organizationId,
      organization_name: 'Test',
      profile: 'test',
    })
    assert.ok(server.apiKey.startsWith(key_prefix) && key_prefix.length === 13)
    assert.equal((await waybill(['files', 'list'], { ...unset, WAYBILL_PROFILE: 'test' })).code, 0)
    assert.match((await waybill(['logout', '--profile', 'test'], unset)).stdout, /^Removed /)
    const gone = await waybill(['whoami', '--profile', 'test'], unset)
    assert.match(gone.stderr, /there is no profile test: create it with "waybill login --profile test"/)
    const strange = await waybill(['whoami', '--profile', '../x'], unset)
    assert.match(strange.stderr, /a profile name has/)
  })

  for (const [args, expected] of [
    [['--version'], /^0\.\d+\.\d+\n$/],
    [['uplod'], /^error: unknown command 'uplod'\. Did you mean "waybill files upload"\?\n$/],
    [['file'], /Did you mean "waybill files"\?\n$/],
    [['files', 'uplod'], /unknown command 'uplod'\n\(Did you mean upload\?\)\n$/],
    [['zzzzzzzz'], /^error: unknown command 'zzzzzzzz'\. Run "waybill --help" for a list of commands\.\n$/],
    [['completion', 'fish'], /complete -c waybill .*'files upload'.*--recursive/],
  ] as const) {
    it(`answers ${args.join(' ')}`, async () => {
      const { stdout, stderr } = await waybill(args)
      assert.match(stdout + stderr, expected)
    })
  }
})

import assert from 'node:assert/strict'
import { after, afterEach, before, describe, it } from 'node:test'
import { SCOPES } from '@waybill/server/domain/access/api-key.ts'
import { inTurn } from '../../../sdk/test/faulty-proxy.ts'
import { startService, type TestService } from '../../../sdk/test/start-service.ts'
import { createClientCommand, runInProcess } from '../run-in-process.ts'

describe('waybill keys as a client', () => {
  let service: TestService
  let waybill: ReturnType<typeof createClientCommand>
  before(async () => {
    service = await startService({ isOnDisk: true, env: { S3_LISTEN: '127.0.0.1:0' } })
    waybill = createClientCommand(service)
  })
  after(() => service.stop())
  afterEach(() => service.proxy.reset())

  const keys = (args: readonly string[], env: NodeJS.ProcessEnv = {}) => waybill(['keys', ...args], env)
  async function done(...args: string[]): Promise<string> {
    const { code, stdout, stderr } = await keys(args)
    assert.equal(code, 0, stderr)
    return stdout
  }
  const answered = async (...args: string[]) => JSON.parse(await done(...args, '--json'))
  const statusWith = async (key: string) => {
    const { url, organizationId } = service.server
    const headers = { 'x-api-key': key }
    return (await fetch(`${url}/v1/organizations/${organizationId}/files`, { headers })).status
  }

  it('creates a key whose secret works, and lists and shows it without', async () => {
    const options = ['--scopes', 'files:read, files:write', '--expires-at', '2126-01-31T12:00:00Z']
    const { key, ...issued } = await answered('create', '--name', 'Leser', ...options)
    assert.equal(await statusWith(key), 200)
    assert.deepEqual(issued.scopes, ['files:read', 'files:write'])
    assert.equal(issued.expires_at, '2126-01-31T12:00:00.000Z')
    const listed = await answered('list')
    assert.equal(listed[0].id, issued.id)
    assert.deepEqual(await answered('get', issued.id), listed[0])
    const table = await done('list')
    assert.match(table, /^ID +PREFIX +STATE +LAST USED +EXPIRES +SCOPES +NAME$/m)
    assert.match(table, /^ak_\S+ +oak_live_.{4} +active .* files:read,files:write +Leser$/m)
    const shown = await done('get', issued.id)
    assert.match(shown, /^scopes +files:read,files:write$/m)
    assert.doesNotMatch(table + shown, new RegExp(key))
  })

  it('lists every scope in its help', async () => {
    for (const command of ['create', 'update']) {
      const help = (await done(command, '--help')).replaceAll(/\s+/g, ' ')
      for (const scope of SCOPES) assert.match(help, new RegExp(` ${scope}\\b`))
    }
  })

  it('shows the secret of a new key to a person once', async () => {
    const shown = await done('create', '--name', 'For people')
    const [, secret] =
      /^Created ak_\S+\. The API key, shown only once:\n\n {2}(oak_live_\S{43})\n$/.exec(shown) ?? []
    assert.equal(await statusWith(String(secret)), 200)
  })

  it('updates what is said and leaves the rest', async () => {
    const { id } = await answered('create', '--name', 'Alt', '--expires-at', '2126-01-31T12:00:00Z')
    assert.equal((await answered('update', id, '--name', 'Neu')).expires_at, '2126-01-31T12:00:00.000Z')
    assert.match(await done('update', id, '--expires-at', 'never'), /^expires_at$/m)
    const { key_name, expires_at, scopes } = await answered('update', id, '--scopes', 'files:read')
    assert.deepEqual(
      { key_name, expires_at, scopes },
      { key_name: 'Neu', expires_at: null, scopes: ['files:read'] },
    )
  })

  it('pauses, unpauses, deactivates, revokes and activates, and says what the key is then', async () => {
    const { id, key } = await answered('create', '--name', 'Bote')
    for (const [action, state, status] of [
      ['pause', 'paused', 401],
      ['unpause', 'active', 200],
      ['deactivate', 'deactivated', 401],
      ['pause', 'deactivated', 401],
      ['activate', 'active', 200],
      ['revoke', 'deactivated', 401],
    ] as const) {
      assert.equal(await done(action, id), `${id} (Bote) is ${state}.\n`)
      assert.equal(await statusWith(key), status, action)
    }
    assert.equal((await answered('activate', id)).is_active, true)
  })

  it('rotates: the new secret works and the old one does not', async () => {
    const { id, key } = await answered('create', '--name', 'Rad')
    const { stdout, stderr } = await keys(['rotate', id])
    const [, secret] = /^ {2}(oak_live_\S{43})$/m.exec(stdout) ?? []
    assert.equal(await statusWith(key), 401)
    assert.equal(await statusWith(String(secret)), 200)
    assert.equal(stderr, '')
  })

  it('says so when the rotated key was its own', async () => {
    const { id, key } = await answered('create', '--name', 'Selbst', '--scopes', 'admin')
    const { stdout, stderr } = await keys(['rotate', id, '--json'], { WAYBILL_API_KEY: key })
    assert.equal(await statusWith(JSON.parse(stdout).key), 200)
    assert.match(stderr, /^This command used the old secret: set WAYBILL_API_KEY to the new secret\.$/m)
  })

  it('issues S3 credentials, and ends them', async () => {
    const { id } = await answered('create', '--name', 'Eimer')
    const first = await answered('s3-credentials', id)
    assert.match(first.access_key_id, /^WB[A-Z2-7]{18}$/)
    const { findApiKeyOfS3 } = service.server.context.database.credentials
    assert.equal((await findApiKeyOfS3(first.access_key_id))?.id, id)
    const text = await done('s3-credentials', id)
    assert.match(text, /^ {2}AWS_ACCESS_KEY_ID=WB\S{18}\n {2}AWS_SECRET_ACCESS_KEY=\S{43}$/m)
    assert.equal(await findApiKeyOfS3(first.access_key_id), null)
    assert.equal(await done('delete-s3-credentials', id), `${id} has no S3 credentials any more.\n`)
  })

  it('deletes', async () => {
    const { id, key } = await answered('create', '--name', 'Weg')
    assert.equal(await done('delete', id), `Deleted ${id}.\n`)
    assert.equal(await statusWith(key), 401)
    const again = await keys(['get', id])
    assert.equal(again.code, 1)
    assert.match(
      again.stderr,
      /^waybill: The API key was not found.*"waybill keys list" shows the existing keys\./m,
    )
  })

  it('changes the records of this machine with --organization, whatever the service is', async () => {
    const { dataDir, organizationId } = service.server
    const of = ['--organization', organizationId]
    const env = { WAYBILL_URL: 'http://127.0.0.1:1', DATA_DIR: dataDir }
    const operator = (...args: string[]) => runInProcess(['keys', ...args, ...of, '--json'], env)
    const made = JSON.parse((await operator('create', '--name', 'Amt')).stdout)
    const revoked = await operator('revoke', made.id)
    const { created_keys, created_keys_total, ...key } = JSON.parse(revoked.stdout)
    assert.equal(key.is_active, false)
    assert.deepEqual({ created_keys, created_keys_total }, { created_keys: [], created_keys_total: 0 })
    assert.equal(await statusWith(made.key), 401)
    assert.deepEqual(await answered('get', made.id), key)
  })

  it('asks a busy service again, and gives up within seconds', async () => {
    const isAny = () => true
    service.proxy.setFault(inTurn(isAny, [{ kind: 'answer', status: 503 }]))
    await done('list')
    service.proxy.setFault(() => ({ kind: 'answer', status: 503 }))
    service.proxy.reset()
    service.proxy.setFault(() => ({ kind: 'answer', status: 503 }))
    assert.equal((await keys(['list'])).code, 1)
    const calls = service.proxy.seen.filter(({ path }) => path !== '/v1/health')
    assert.equal(calls.length, 4)
  })

  for (const [args, complaint] of [
    [['create'], /--name/],
    [
      ['create', '--name', 'X', '--scopes', 'root'],
      /^waybill: A value in the request is not valid.*scopes.*"waybill keys create --help" lists the scopes/m,
    ],
    [
      ['create', '--name', 'X', '--expires-at', '2020-01-01T00:00:00Z'],
      /expires_at must be a time in the future/,
    ],
    [['update', 'ak_0'], /^waybill: there is nothing to change: use --name, --scopes or --expires-at\.$/m],
    [['update', 'ak_0', '--name', 'X'], /The API key was not found.*"waybill keys list"/],
    [['pause', 'ak_0'], /The API key was not found/],
    [['revoke', 'ak_0'], /The API key was not found/],
    [['rotate', 'ak_0'], /The API key was not found/],
    [['s3-credentials', 'ak_0'], /The API key was not found/],
    [['delete', '../files'], /The API key was not found/],
  ] as const) {
    it(`ends "keys ${args.join(' ')}" in a sentence`, async () => {
      const { code, stdout, stderr } = await keys(args)
      assert.equal(code, 1)
      assert.equal(stdout, '')
      assert.match(stderr, complaint)
      assert.doesNotMatch(stderr, /\n\s+at /)
    })
  }

  it('says what to do where the key may not, is wrong, or is the last one', async () => {
    const { key } = await answered('create', '--name', 'Klein', '--scopes', 'files:read')
    const refused = await keys(['list'], { WAYBILL_API_KEY: key })
    assert.match(refused.stderr, /does not allow this.*Use a key with the required scope/)
    const wrong = await keys(['list'], { WAYBILL_API_KEY: `oak_live_${'0'.repeat(43)}` })
    assert.match(wrong.stderr, /The API key is not valid.*WAYBILL_API_KEY, which takes precedence/)
    const admins = (await answered('list')).filter(({ scopes }: { scopes: string[] }) =>
      scopes.includes('admin'),
    )
    const last = admins.at(-1).id
    for (const { id } of admins) if (id !== last) await done('delete', id)
    assert.match(
      (await keys(['pause', last])).stderr,
      /Create another one with "waybill keys create --scopes admin"\./,
    )
  })
})

import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { startApp, type TestApp } from '../../server/test/start-app.ts'
import { runInProcess } from './run-in-process.ts'

describe('waybill', () => {
  let server: TestApp
  before(async () => {
    server = await startApp({ isOnDisk: true })
    await waybill(['organizations', 'create', '--id', 'org_123', '--name', 'Örg'])
  })
  after(() => server.stop())

  const waybill = (args: readonly string[], env: NodeJS.ProcessEnv = {}) =>
    runInProcess(args, { DATA_DIR: server.dataDir, ...env })

  it('shows a new organization to a person when JSON is not asked for', async () => {
    const { stdout } = await waybill(['organizations', 'create', '--name', 'For people'])
    assert.match(stdout, /^Created org_[0-9a-f]{32}\. .*\n\n {2}oak_live_[A-Za-z0-9]{43}\n$/)
  })

  it('lists organizations, and changes one beside a running server, which goes by it at once', async () => {
    const { url } = server
    const created = await waybill(['organizations', 'create', '--id', 'org_7', '--name', 'A', '--json'])
    const headers = { 'x-api-key': JSON.parse(created.stdout).api_key.key }
    const shown = async () =>
      JSON.parse(await (await fetch(`${url}/v1/organizations/org_7`, { headers })).text())

    const args = ['organizations', 'update', 'org_7', '--name', 'Ümlaut', '--storage-limit', '10GB']
    const updated = JSON.parse((await waybill([...args, '--json'])).stdout)
    assert.equal(updated.name, 'Ümlaut')
    assert.equal(updated.storage_limit_bytes, 10_000_000_000)
    assert.deepEqual(await shown(), updated)
    const listed = JSON.parse((await waybill(['organizations', 'list', '--json'])).stdout)
    assert.deepEqual(listed[0], updated)
    assert.equal(listed.at(-1).id, server.organizationId)
    const idsOf = async (...options: string[]) => {
      const { stdout } = await waybill(['organizations', 'list', '--json', ...options])
      return JSON.parse(stdout).map(({ id }: { id: string }) => id)
    }
    assert.deepEqual(await idsOf('--limit', '1'), ['org_7'])
    assert.deepEqual(
      await idsOf('--after', 'org_7'),
      listed.slice(1).map(({ id }: { id: string }) => id),
    )
    const { stdout: table } = await waybill(['organizations', 'list'])
    assert.match(table, /^ID +STATE +USED +LIMIT +NAME\norg_7 +active +0 B +10 GB +Ümlaut\n/)
    await waybill(['organizations', 'suspend', 'org_7'])
    assert.match((await waybill(['organizations', 'list'])).stdout, /\norg_7 +suspended /)
    await waybill(['organizations', 'resume', 'org_7'])

    const unlimited = await waybill(['organizations', 'update', 'org_7', '--storage-limit', 'none'])
    assert.match(unlimited.stdout, /^org_7 has the name Ümlaut and no storage limit\.$/m)
    assert.equal((await shown()).storage_limit_bytes, null)
  })

  it('creates, lists and revokes keys beside a running server, but not the last admin key', async () => {
    const { url } = server
    const created = await waybill(['organizations', 'create', '--id', 'org_8', '--name', 'A', '--json'])
    const firstKeyId: string = JSON.parse(created.stdout).api_key.id
    const keys = (command: string, ...args: string[]) =>
      waybill(['keys', command, '--organization', 'org_8', ...args])
    const statusWith = async (key: string) => {
      const headers = { 'x-api-key': key }
      return (await fetch(`${url}/v1/organizations/org_8/files`, { headers })).status
    }

    const options = ['--name', 'Leser', '--scopes', 'files:read, vector_stores:read']
    const expiry = ['--expires-at', '2126-01-31T12:00:00Z']
    const { key, ...issued } = JSON.parse((await keys('create', ...options, ...expiry, '--json')).stdout)
    assert.equal(await statusWith(key), 200)
    assert.deepEqual(issued.scopes, ['files:read', 'vector_stores:read'])
    assert.equal(issued.expires_at, '2126-01-31T12:00:00.000Z')
    assert.equal(issued.created_by, null)
    const listed = JSON.parse((await keys('list', '--json')).stdout)
    assert.deepEqual(
      listed.map(({ id }: { id: string }) => id),
      [issued.id, firstKeyId],
    )
    const { last_used_at, ...rest } = listed[0]
    assert.deepEqual({ ...rest, last_used_at: null }, issued)

    assert.match((await keys('revoke', issued.id)).stdout, /^ak_[0-9a-f]{32} \(Leser\) is deactivated\.$/m)
    assert.equal(await statusWith(key), 401)
    assert.match((await keys('list')).stdout, /oak_live_.{4} +deactivated +.*files:read,.*Leser$/m)
    const last = await keys('revoke', firstKeyId)
    assert.equal(last.code, 1)
    assert.match(
      last.stderr,
      /^waybill: the organization would have no active key .* create another one first$/m,
    )

    const admin = await keys('create', '--name', 'Spare', '--scopes', 'admin')
    const secret = /^ {2}(oak_live_[A-Za-z0-9]{43})$/m.exec(admin.stdout)?.[1]
    assert.equal(await statusWith(String(secret)), 200)
    assert.equal((await keys('revoke', firstKeyId)).code, 0)
  })

  for (const [args, env, complaint] of [
    [
      ['organizations', 'create', '--id', 'org_123', '--name', 'Again'],
      {},
      /the organization org_123 already exists/,
    ],
    [['organizations', 'create', '--id', '../x', '--name', 'X'], {}, /the id must look like org_123/],
    [['organizations', 'create', '--id', 'org_9', '--name', ''], {}, /name must have/],
    [['organizations', 'create'], {}, /--name/],
    [['organizations', 'update', 'org_0', '--name', 'X'], {}, /there is no organization org_0/],
    [['organizations', 'update', 'org_123', '--name', ''], {}, /name must have/],
    [['organizations', 'update', 'org_123'], {}, /there is nothing to change: use --name or --storage-limit/],
    [['organizations', 'update', 'org_123', '--storage-limit', '10'], {}, /must be a size such as 10GB/],
    [['organizations', 'update', 'org_123', '--storage-limit', '-1GB'], {}, /must be a size such as 10GB/],
    [['keys', 'create', '--organization', 'org_0', '--name', 'X'], {}, /there is no organization org_0/],
    [['keys', 'create', '--organization', 'org_123', '--name', 'a\nb'], {}, /key_name must have/],
    [['keys', 'create', '--organization', 'org_123', '--name', 'X', '--scopes', ''], {}, /scopes must be/],
    [
      ['keys', 'create', '--organization', 'org_123', '--name', 'X', '--scopes', 'root'],
      {},
      /scopes must be/,
    ],
    [
      ['keys', 'create', '--organization', 'org_123', '--name', 'X', '--expires-at', '2020-01-01T00:00:00Z'],
      {},
      /expires_at must be a time in the future/,
    ],
    [['keys', 'list', '--organization', 'org_0'], {}, /there is no organization org_0/],
    [
      ['keys', 'list'],
      { XDG_CONFIG_HOME: '/nowhere', WAYBILL_URL: '' },
      /no service is configured.*"waybill login".*--organization/,
    ],
    [['keys', 'get', 'ak_0', '--organization', 'org_123'], {}, /unknown option '--organization'/],
    [['keys', 'revoke', '--organization', 'org_123', 'ak_0'], {}, /there is no such key/],
    [['serve'], { PORT: 'eighty' }, /^waybill: PORT must be a whole number/],
    [['serve'], { DATABASE_URL: 'mysql://x' }, /^waybill: DATABASE_URL must be/],
    [['launch'], {}, /unknown command/],
  ] as const) {
    it(`ends "${args.join(' ')}" with ${JSON.stringify(env)} in a sentence`, async () => {
      const { code, stderr } = await waybill(args, env)
      assert.equal(code, 1)
      assert.match(stderr, complaint)
      assert.doesNotMatch(stderr, /\n\s+at /)
    })
  }

  for (const command of [
    'organizations list',
    'organizations update org_1 --name X',
    'organizations suspend org_1',
    'keys list --organization org_1',
    'members list',
    'secrets rotate download',
    'clock show',
    'sweep',
    'scrub',
    'audit',
    'index check',
  ]) {
    it(`makes no installation of a wrong folder: ${command}`, async () => {
      const wrong = join(server.dataDir, 'wrong')
      const { code, stdout, stderr } = await waybill(command.split(' '), { DATA_DIR: wrong })
      assert.deepEqual(
        [code, stdout, stderr],
        [1, '', `waybill: there is no installation in ${wrong}: is DATA_DIR correct?\n`],
      )
      assert.equal(existsSync(wrong), false)
    })
  }

  it('helps with a command of a command', async () => {
    const { code, stdout } = await waybill(['help', 'files', 'upload'])
    assert.deepEqual([code, stdout], [0, (await waybill(['files', 'upload', '--help'])).stdout])
    assert.match(stdout, /^Usage: waybill files upload /)
    assert.match((await waybill(['help', 'files'])).stdout, /^Usage: waybill files \[options\] \[command\]/)
  })

  it('shows a default once', async () => {
    const { stdout } = await waybill(['members', 'list', '--help'])
    assert.equal(stdout.match(/org_default/g)?.length, 1, stdout)
  })

  it('makes no database of a wrong path', async () => {
    const path = join(server.dataDir, 'wrong.db')
    const { code, stderr } = await waybill(['audit'], { DATABASE_URL: `sqlite:${path}` })
    assert.deepEqual([code, stderr], [1, `waybill: there is no database ${path}: is DATABASE_URL correct?\n`])
    assert.equal(existsSync(path), false)
  })
})

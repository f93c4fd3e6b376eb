import assert from 'node:assert/strict'
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { missingProgram } from '../../server/test/clients/run-program.ts'

const WAYBILL = fileURLToPath(new URL('../bin/waybill.js', import.meta.url))

/** Reason to skip tests that need `script`, which gives a program a terminal; false when it is installed. */
const WITHOUT_SCRIPT = await missingProgram('script')

type Environment = Readonly<Record<string, string>>

/** Runs the command line to its end in `cwd`. */
async function waybill(cwd: string, args: readonly string[], env: Environment = {}) {
  const run = promisify(execFile)(process.execPath, [WAYBILL, ...args], {
    cwd,
    env: { ...process.env, ...env },
  })
  return run.then(
    ({ stdout }) => ({ code: 0, stdout, stderr: '' }),
    ({ code, stdout, stderr }) => ({ code: Number(code), stdout: String(stdout), stderr: String(stderr) }),
  )
}

/** Starts the server in `cwd` and answers, once it listens, with the process and all it wrote until then. */
async function serve(cwd: string): Promise<{ child: ChildProcess; output: string }> {
  const child = spawn(process.execPath, [WAYBILL, 'serve'], {
    cwd,
    env: { ...process.env, PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let output = ''
  for await (const text of child.stdout.setEncoding('utf8').iterator({ destroyOnReturn: false })) {
    output += text
    if (output.includes('"listening"')) break
  }
  return { child, output }
}

async function stop(child: ChildProcess): Promise<number | null> {
  const exited = once(child, 'exit')
  child.kill('SIGTERM')
  const [code] = await exited
  return code
}

describe('waybill', () => {
  let folder: string
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'waybill-cli-'))
  })
  after(() => rm(folder, { recursive: true, force: true }))

  it('greets a first start with the file of its key and an upload to paste, and a second one with nothing', async () => {
    const first = await serve(folder)
    const keyPath = join(folder, 'data', 'first-admin-key')
    assert.doesNotMatch(first.output, /oak_live_/)
    assert.ok(first.output.includes(`\n  ${keyPath}\n`))
    assert.match(await readFile(keyPath, 'utf8'), /^oak_live_[A-Za-z0-9]{43}\n$/)
    assert.equal((await stat(keyPath)).mode & 0o777, 0o600)
    const pasted = first.output.split('\n').filter((line) => line.startsWith('  '))
    const script = pasted.slice(1).join('\n')
    const { stdout } = await promisify(execFile)('bash', ['-c', script], { cwd: folder })
    assert.match(stdout, /"original_filename":"hello.txt","file_size":15,"mime_type":"text\/plain"/)
    assert.equal(await readFile(join(folder, 'hello.txt'), 'utf8'), 'Hello, Waybill\n')
    assert.ok(first.output.includes(join(folder, 'data')))
    assert.equal(await stop(first.child), 0)

    await rm(keyPath)
    const second = await serve(folder)
    assert.doesNotMatch(second.output, /oak_live_|first-admin-key/)
    assert.equal(await stop(second.child), 0)
    assert.deepEqual(
      (await readdir(join(folder, 'data'))).filter((name) => name.startsWith('first')),
      [],
    )
  })

  it('shows the key of a first start on a terminal, and keeps it in no file', {
    skip: WITHOUT_SCRIPT,
  }, async (t) => {
    const home = await mkdtemp(join(tmpdir(), 'waybill-terminal-'))
    t.after(() => rm(home, { recursive: true }))
    const command = `exec '${process.execPath}' '${WAYBILL}' serve`
    const child = spawn('script', ['-qec', command, '/dev/null'], {
      cwd: home,
      env: { ...process.env, PORT: '0' },
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    let output = ''
    for await (const text of child.stdout.setEncoding('utf8').iterator({ destroyOnReturn: false })) {
      output += text
      // With colour codes; the log line comes before the welcome text.
      if (output.includes('mlistening')) break
    }
    assert.equal(await stop(child), 0)
    assert.match(output, /\n {2}oak_live_[A-Za-z0-9]{43}\r?\n/)
    assert.match(output, /export WAYBILL_API_KEY=oak_live_/)
    assert.ok(!(await readdir(join(home, 'data'))).some((name) => name.startsWith('first')))
  })

  it('does not make an organization whose key it could not keep', async () => {
    const home = await mkdtemp(join(tmpdir(), 'waybill-unkept-'))
    try {
      await writeFile(join(home, 'file'), '')
      const env = { DATA_DIR: join(home, 'file', 'data'), DATABASE_URL: `sqlite:${home}/w.db` }
      const memory = { ...env, STORAGE_URL: 'memory:', PORT: '0' }
      const { code, stderr } = await waybill(home, ['serve'], memory)
      assert.equal(code, 1)
      assert.match(stderr, /^waybill: .* the API key of the first start cannot be written to DATA_DIR: /)
      assert.equal((await waybill(home, ['organizations', 'list', '--json'], memory)).stdout.trim(), '[]')
    } finally {
      await rm(home, { recursive: true })
    }
  })

  it('ends as at SIGTERM when the shell is gone in which npx has started it', async () => {
    const shell = spawn('sh', ['-c', '"$0" "$1" serve; true', process.execPath, WAYBILL], {
      cwd: folder,
      env: { ...process.env, PORT: '0', npm_command: 'exec' },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let output = ''
    // It ends when the server does, which has it from the shell.
    for await (const text of shell.stdout.setEncoding('utf8')) {
      const isNews = !output.includes('"listening"')
      output += text
      if (isNews && output.includes('"listening"')) shell.kill('SIGTERM')
    }
    assert.match(output, /"msg":"stopped"/)
  })

  it('creates an organization beside a running server, which takes its key at once', async () => {
    const server = await serve(folder)
    const url = /"url":"([^"]+)"/.exec(server.output)?.[1]
    const args = ['organizations', 'create', '--id', 'org_123', '--name', 'Örg', '--json']
    const created = JSON.parse((await waybill(folder, args)).stdout)
    assert.deepEqual({ id: created.id, name: created.name }, { id: 'org_123', name: 'Örg' })
    assert.match(created.api_key.id, /^ak_[0-9a-f]{32}$/)
    assert.match(created.api_key.key, /^oak_live_[A-Za-z0-9]{43}$/)
    const headers = { 'x-api-key': created.api_key.key }
    const listed = await fetch(`${url}/v1/organizations/org_123/files`, { headers })
    assert.equal(listed.status, 200)
    await stop(server.child)
  })

  it('shows a new organization to a person when JSON is not asked for', async () => {
    const { stdout } = await waybill(folder, ['organizations', 'create', '--name', 'For people'])
    assert.match(stdout, /^Created org_[0-9a-f]{32}\. .*\n\n {2}oak_live_[A-Za-z0-9]{43}\n$/)
  })

  it('lists organizations, and changes one beside a running server, which goes by it at once', async (t) => {
    const server = await serve(folder)
    t.after(() => stop(server.child))
    const url = /"url":"([^"]+)"/.exec(server.output)?.[1]
    const created = await waybill(folder, [
      'organizations',
      'create',
      '--id',
      'org_7',
      '--name',
      'A',
      '--json',
    ])
    const headers = { 'x-api-key': JSON.parse(created.stdout).api_key.key }
    const shown = async () =>
      JSON.parse(await (await fetch(`${url}/v1/organizations/org_7`, { headers })).text())

    const args = ['organizations', 'update', 'org_7', '--name', 'Ümlaut', '--storage-limit', '10GB']
    const updated = JSON.parse((await waybill(folder, [...args, '--json'])).stdout)
    assert.equal(updated.name, 'Ümlaut')
    assert.equal(updated.storage_limit_bytes, 10_000_000_000)
    assert.deepEqual(await shown(), updated)
    const listed = JSON.parse((await waybill(folder, ['organizations', 'list', '--json'])).stdout)
    assert.deepEqual(listed[0], updated)
    assert.equal(listed.at(-1).id, 'org_default')
    const idsOf = async (...options: string[]) => {
      const { stdout } = await waybill(folder, ['organizations', 'list', '--json', ...options])
      return JSON.parse(stdout).map(({ id }: { id: string }) => id)
    }
    assert.deepEqual(await idsOf('--limit', '1'), ['org_7'])
    assert.deepEqual(
      await idsOf('--after', 'org_7'),
      listed.slice(1).map(({ id }: { id: string }) => id),
    )
    const { stdout: table } = await waybill(folder, ['organizations', 'list'])
    assert.match(table, /^ID +STATE +USED +LIMIT +NAME\norg_7 +active +0 B +10 GB +Ümlaut\n/)
    await waybill(folder, ['organizations', 'suspend', 'org_7'])
    assert.match((await waybill(folder, ['organizations', 'list'])).stdout, /\norg_7 +suspended /)
    await waybill(folder, ['organizations', 'resume', 'org_7'])

    const unlimited = await waybill(folder, ['organizations', 'update', 'org_7', '--storage-limit', 'none'])
    assert.match(unlimited.stdout, /^org_7 has the name Ümlaut and no storage limit\.$/m)
    assert.equal((await shown()).storage_limit_bytes, null)
  })

  it('creates, lists and revokes keys beside a running server, but not the last admin key', async (t) => {
    const server = await serve(folder)
    t.after(() => stop(server.child))
    const url = /"url":"([^"]+)"/.exec(server.output)?.[1]
    const created = await waybill(folder, [
      'organizations',
      'create',
      '--id',
      'org_8',
      '--name',
      'A',
      '--json',
    ])
    const firstKeyId: string = JSON.parse(created.stdout).api_key.id
    const keys = (command: string, ...args: string[]) =>
      waybill(folder, ['keys', command, '--organization', 'org_8', ...args])
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
      /^waybill: the organization would have no active key .* make another one first$/m,
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
      /already an? organization org_123/,
    ],
    [['organizations', 'create', '--id', '../x', '--name', 'X'], {}, /an id looks like org_123/],
    [['organizations', 'create', '--id', 'org_9', '--name', ''], {}, /name must have/],
    [['organizations', 'create'], {}, /--name/],
    [['organizations', 'update', 'org_0', '--name', 'X'], {}, /there is no organization org_0/],
    [['organizations', 'update', 'org_123', '--name', ''], {}, /name must have/],
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
    it(`ends «${args.join(' ')}» with ${JSON.stringify(env)} in a sentence`, async () => {
      const { code, stderr } = await waybill(folder, args, env)
      assert.equal(code, 1)
      assert.match(stderr, complaint)
      assert.doesNotMatch(stderr, /\n\s+at /)
    })
  }
})

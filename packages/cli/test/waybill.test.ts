import assert from 'node:assert/strict'
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const WAYBILL = fileURLToPath(new URL('../bin/waybill.js', import.meta.url))

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

  it('greets a first start with a key and an upload to paste, and a second one with nothing', async () => {
    const first = await serve(folder)
    const pasted = first.output.split('\n').filter((line) => line.startsWith('  '))
    const script = pasted.slice(1).join('\n')
    const { stdout } = await promisify(execFile)('bash', ['-c', script], { cwd: folder })
    assert.match(stdout, /"original_filename":"hello.txt","file_size":15,"mime_type":"text\/plain"/)
    assert.equal(await readFile(join(folder, 'hello.txt'), 'utf8'), 'Hello, Waybill\n')
    assert.ok(first.output.includes(join(folder, 'data')))
    assert.equal(await stop(first.child), 0)

    const second = await serve(folder)
    assert.doesNotMatch(second.output, /oak_live_/)
    assert.equal(await stop(second.child), 0)
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
    assert.match(stdout, /^org_[0-9a-f]{32} was created\..*\n\n {2}oak_live_[A-Za-z0-9]{43}\n$/)
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

import assert from 'node:assert/strict'
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { missingProgram } from '../../server/test/clients/run-program.ts'
import { freePort } from '../../server/test/free-port.ts'

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

const started: ChildProcess[] = []
// A server that a failed test leaves would keep this process running.
after(() => {
  for (const child of started) child.kill('SIGKILL')
})

/** Starts the server in `cwd` and answers, once it listens, with the process and all it wrote until then. */
async function serve(cwd: string): Promise<{ child: ChildProcess; output: string }> {
  const child = spawn(process.execPath, [WAYBILL, 'serve'], {
    cwd,
    env: { ...process.env, PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  started.push(child)
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
    const { original_filename, file_size, mime_type } = JSON.parse(stdout)
    assert.deepEqual([original_filename, file_size, mime_type], ['hello.txt', 15, 'text/plain'])
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

  it('runs each command beside a running server', async (t) => {
    const server = await serve(folder)
    t.after(() => stop(server.child))
    const created = await waybill(folder, [
      'organizations',
      'create',
      '--id',
      'org_5',
      '--name',
      'Five',
      '--json',
    ])
    const client = {
      WAYBILL_URL: /"url":"([^"]+)"/.exec(server.output)?.[1] ?? '',
      WAYBILL_API_KEY: JSON.parse(created.stdout).api_key.key,
      WAYBILL_ORGANIZATION: 'org_5',
    }
    const commands: readonly [args: string, code: number, said: RegExp][] = [
      ['--version', 0, /^0\.\d+\.\d+\n$/],
      ['launch', 1, /^error: unknown command 'launch'/],
      ['organizations list', 0, /^org_5 +active/m],
      ['keys list', 0, /^ak_\S+ +oak_live_/m],
      ['whoami', 0, /^Five \(org_5\) at http/],
      ['clock show', 0, /^This machine: /m],
      ['audit', 0, / createOrganization +org_5 /],
      ['sweep --dry-run', 0, /nothing was changed\.$/m],
      ['scrub', 0, / 0 damaged\.$/m],
      ['doctor --seconds 1', 0, /^(ok|warning) +database /m],
    ]
    for (const [args, expected, said] of commands) {
      const { code, stdout, stderr } = await waybill(folder, args.split(' '), client)
      assert.equal(code, expected, `${args}: ${stderr}`)
      assert.match(stdout + stderr, said, args)
    }
  })

  it('says which port to take where another program has it', async (t) => {
    const port = await freePort()
    const other = createServer().listen(port, '127.0.0.1')
    t.after(() => other.close())
    await once(other, 'listening')
    const { code, stderr } = await waybill(folder, ['serve'], { HOST: '127.0.0.1', PORT: String(port) })
    assert.equal(code, 1)
    const expected = `waybill: HOST and PORT (127.0.0.1:${port}) cannot be used: another program uses this port. Choose another one: PORT=${port + 1} npm start\n`
    assert.equal(stderr, expected)
  })
})

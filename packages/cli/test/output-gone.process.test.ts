import assert from 'node:assert/strict'
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, constants, existsSync, openSync, readSync, writeSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { describe, it, type TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import { eventually, within } from '../../server/test/clients/eventually.ts'
import { freePort } from '../../server/test/free-port.ts'

const ROOT = fileURLToPath(new URL('../../../', import.meta.url))
const WAYBILL = join(ROOT, 'packages/cli/bin/waybill.js')

/** Node version that cannot run the program, so that the launcher looks for another one. */
const oldNode = (process.env.PATH ?? '')
  .split(':')
  .map((folder) => join(folder, 'node'))
  .filter((path) => existsSync(path))
  .find((path) => Number(spawnSync(path, ['-p', 'parseInt(process.versions.node)']).stdout) < 24)

const COMMANDS: readonly { name: string; command: readonly string[]; skip: string | false }[] = [
  { name: 'the server itself', command: [process.execPath, WAYBILL, 'serve'], skip: false },
  {
    name: 'the launcher',
    command: [oldNode ?? '', WAYBILL, 'serve'],
    skip: oldNode === undefined && 'there is no Node before 24 in PATH',
  },
  { name: 'npm start', command: ['npm', 'start'], skip: false },
]

/** Standard output that can fail while the program writes. */
interface Output {
  readonly fd: number
  /** Closes the reader, if there is one. */
  lose(): void
  /** Closes all descriptors. */
  close(): void
}

function openOutput(folder: string, isFull: boolean): Output {
  const path = join(folder, 'output')
  execFileSync('mkfifo', [path])
  const reader = openSync(path, constants.O_RDWR | constants.O_NONBLOCK)
  const fd = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK)
  if (isFull) fill(fd)
  const open = new Set([reader, fd])
  const close = (one: number) => open.delete(one) && closeSync(one)
  return {
    fd,
    lose: () => {
      if (isFull) return
      readSync(reader, Buffer.alloc(64 * 1024))
      close(reader)
    },
    close: () => [reader, fd].forEach(close),
  }
}

function fill(fd: number): void {
  try {
    for (;;) writeSync(fd, Buffer.alloc(1024, '\n'))
  } catch (error) {
    assert.equal((error as NodeJS.ErrnoException).code, 'EAGAIN')
  }
}

const answers = (port: number) =>
  eventually('the server answers', () =>
    fetch(`http://127.0.0.1:${port}/v1/health`).then(
      ({ ok }) => ok,
      () => false,
    ),
  )

/** Starts a server, waits until it responds, sends SIGTERM and resolves with the exit code. */
async function exitCodeOf(t: TestContext, command: readonly string[], isFull: boolean) {
  const folder = await mkdtemp(join(tmpdir(), 'waybill-output-'))
  t.after(() => rm(folder, { recursive: true, force: true }))
  const output = openOutput(folder, isFull)
  t.after(output.close)
  const port = await freePort()
  const [program = '', ...args] = command
  // A separate process group, so that all of it can be killed after a failure.
  const child = spawn(program, args, {
    cwd: ROOT,
    env: { ...process.env, HOST: '127.0.0.1', PORT: String(port), DATA_DIR: folder, npm_command: '' },
    stdio: ['ignore', output.fd, 'inherit'],
    detached: true,
  })
  const exited = once(child, 'exit')
  t.after(() => spawnSync('kill', ['-KILL', '--', `-${child.pid}`]))
  await answers(port)
  output.lose()
  child.kill('SIGTERM')
  const [code] = await within('the process ends', exited)
  return code
}

describe('a server whose output is not read', { concurrency: false }, () => {
  for (const { name, command, skip } of COMMANDS) {
    it(`ends at SIGTERM when its pipe was closed, with ${name}`, { skip }, async (t) => {
      assert.equal(await exitCodeOf(t, command, false), 0)
    })
    // npm itself waits until its own first lines are read.
    if (name === 'npm start') continue
    it(`starts and ends when its pipe is full, with ${name}`, { skip }, async (t) => {
      assert.equal(await exitCodeOf(t, command, true), 0)
    })
  }

  it('goes on when its pipe is closed before the first line', async (t) => {
    const folder = await mkdtemp(join(tmpdir(), 'waybill-output-'))
    const port = await freePort()
    const child = spawn(process.execPath, [WAYBILL, 'serve'], {
      env: { ...process.env, HOST: '127.0.0.1', PORT: String(port), DATA_DIR: folder },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const exited = once(child, 'exit')
    t.after(async () => {
      child.kill('SIGKILL')
      await exited
      await rm(folder, { recursive: true, force: true })
    })
    child.stdout.destroy()
    await answers(port)
    child.kill('SIGTERM')
    const [code] = await within('the process ends', exited)
    assert.equal(code, 0)
  })
})

describe('a command whose output cannot be written', () => {
  const FULL = '/dev/full'
  const createOrganization = async (t: TestContext, output: number | 'pipe') => {
    const folder = await mkdtemp(join(tmpdir(), 'waybill-output-'))
    t.after(() => rm(folder, { recursive: true, force: true }))
    const child = spawn(process.execPath, [WAYBILL, 'organizations', 'create', '--name', 'Research'], {
      env: { ...process.env, DATA_DIR: folder },
      stdio: ['ignore', output, 'pipe'],
    })
    child.stdout?.destroy()
    const [[code], stderr] = await Promise.all([
      once(child, 'close'),
      text(child.stderr ?? Readable.from([])),
    ])
    return { code, stderr }
  }

  it('ends with 1 and names the reason, because its secret is lost', {
    skip: !existsSync(FULL) && `there is no ${FULL}`,
  }, async (t) => {
    const fd = openSync(FULL, 'w')
    t.after(() => closeSync(fd))
    assert.deepEqual(await createOrganization(t, fd), {
      code: 1,
      stderr: 'waybill: standard output cannot be written (ENOSPC)\n',
    })
  })

  it('ends with 0 when its reader has seen enough', async (t) => {
    assert.deepEqual(await createOrganization(t, 'pipe'), { code: 0, stderr: '' })
  })
})

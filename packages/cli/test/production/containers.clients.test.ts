import assert from 'node:assert/strict'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { after, before, describe, it, type TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import { pdfOf } from '../../../extract/test/sample-files.ts'
import { eventually } from '../../../server/test/clients/eventually.ts'
import { createScratchFolder } from '../../../server/test/clients/random-file.ts'
import { runProgram } from '../../../server/test/clients/run-program.ts'
import { freePort } from '../../../server/test/free-port.ts'
import { type PostgresServer, startPostgres } from '../../../server/test/postgres/postgres-server.ts'
import { type ContainerEngine, missingEngine, openEngine } from './container-engine.ts'

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url))
/** Restrictions of compose.yaml. */
const RESTRICTED = ['--read-only', '--cap-drop', 'ALL', '--security-opt', 'no-new-privileges']
const USER = '10001'
const STOP_SECONDS = '45'

type Environment = Readonly<Record<string, string>>

describe('the container image', { skip: await missingEngine() }, () => {
  let scratch: Awaited<ReturnType<typeof createScratchFolder>>
  let engine: ContainerEngine
  before(async () => {
    scratch = await createScratchFolder()
    const packed = await runProgram('npm', ['run', '--silent', 'pack'], { cwd: ROOT })
    assert.equal(packed.code, 0, packed.stderr)
    engine = openEngine(scratch.path)
    await engine.build(ROOT)
  })
  after(() => scratch.remove())

  /** Runs a command of the engine that has to succeed, and returns its output. */
  const command = async (...args: readonly string[]): Promise<string> => {
    const { code, stdout, stderr } = await engine.run(...args)
    assert.equal(code, 0, stderr)
    return stdout.trim()
  }

  const optionsOf = (environment: Environment) => [
    ...[...engine.options, ...RESTRICTED, '--network', 'host'],
    ...Object.entries(environment).flatMap(([name, value]) => ['--env', `${name}=${value}`]),
  ]

  /** Starts a container on a free port, and waits until it is healthy. */
  const start = async (t: TestContext, volume: string, environment: Environment = {}) => {
    const port = String(await freePort())
    const url = `http://127.0.0.1:${port}`
    const options = optionsOf({ PORT: port, HOST: '127.0.0.1', PUBLIC_URL: url, ...environment })
    const id = await command('run', '--detach', ...options, '--volume', `${volume}:/data`, engine.image)
    t.after(() => engine.run('rm', '--force', id))
    await eventually('the container is healthy', async () => {
      const { code } = await engine.run('exec', id, ...(await healthCheck()))
      return code === 0
    })
    return { id, url, exec: (...args: readonly string[]) => command('exec', id, ...args) }
  }

  /** Returns the command of the health check in the image. */
  const healthCheck = async (): Promise<string[]> => {
    const [kind, ...check] = JSON.parse(
      await command('image', 'inspect', '--format', '{{json .Config.Healthcheck.Test}}', engine.image),
    )
    assert.equal(kind, 'CMD')
    return check
  }

  const newVolume = (t: TestContext, name: string) => {
    t.after(() => engine.run('volume', 'rm', '--force', name))
    return name
  }

  const stop = async (id: string) => {
    await command('stop', '--time', STOP_SECONDS, id)
    return command('inspect', '--format', '{{.State.ExitCode}}', id)
  }

  it('runs as process 1 without root, a writable root or capabilities', async (t) => {
    const { exec } = await start(t, newVolume(t, 'rights'))
    assert.match(await exec('cat', '/proc/1/cmdline'), /^node\0[^\0]*waybill\0serve\0$/)
    assert.equal(await exec('id', '--user'), USER)
    const status = await exec('cat', '/proc/1/status')
    assert.match(status, /^CapEff:\t0+$/m)
    assert.match(status, /^NoNewPrivs:\t1$/m)
    const written = await exec(
      'sh',
      '-c',
      'for f in / /opt/waybill /tmp /var/tmp; do touch $f/x || true; done 2>&1',
    )
    assert.equal(written.match(/Read-only file system/g)?.length, 4)
    assert.equal(await exec('stat', '--format', '%u %a', '/data'), `${USER} 700`)
  })

  it('reads documents with the program that it contains', async (t) => {
    const { url, exec } = await start(t, newVolume(t, 'documents'))
    const key = await exec('cat', '/data/first-admin-key')
    const document = join(scratch.path, 'plan.pdf')
    await writeFile(document, pdfOf([['The harbour is closed.']]))
    const waybill = (...args: readonly string[]) =>
      runProgram(process.execPath, [join(ROOT, 'packages/cli/bin/waybill.js'), ...args], {
        env: {
          ...process.env,
          WAYBILL_URL: url,
          WAYBILL_API_KEY: key,
          WAYBILL_ORGANIZATION: 'org_default',
          XDG_STATE_HOME: scratch.path,
        },
      })
    const { id } = JSON.parse((await waybill('stores', 'create', 'Port', '--json')).stdout)
    assert.equal((await waybill('stores', 'add', id, document)).code, 0)
    assert.match((await waybill('stores', 'search', id, 'harbour')).stdout, /The harbour is closed/)
  })

  it('has libraries of all settings, and no npm', async (t) => {
    const { exec } = await start(t, newVolume(t, 'libraries'))
    const loads = ['@aws-sdk/client-s3', '@google-cloud/storage', '@opentelemetry/sdk-trace', 'pg'].map(
      (name) => `import('${name}')`,
    )
    await exec('sh', '-c', `cd /opt/waybill && node --eval "await Promise.all([${loads}])"`)
    const { code } = await engine.run('run', '--rm', ...engine.options, '--entrypoint', 'npm', engine.image)
    assert.notEqual(code, 0)
  })

  it('is unhealthy while nothing listens', async () => {
    const [program = '', ...args] = await healthCheck()
    const options = [...optionsOf({ PORT: String(await freePort()) }), '--entrypoint', program]
    assert.equal((await engine.run('run', '--rm', ...options, engine.image, ...args)).code, 1)
  })

  /** Uploads half of a file, stops the container meanwhile, and completes the upload in the next container. */
  const uploadAcrossRestart = async (t: TestContext, volume: string, environment: Environment) => {
    const bytes = Buffer.alloc(2 * 1024 * 1024, 'a')
    const first = await start(t, volume, environment)
    const headers = {
      'X-API-Key': await first.exec('cat', '/data/first-admin-key'),
      'Content-Type': 'application/json',
    }
    const facts = { filename: 'a.txt', file_size: bytes.length, mime_type: 'text/plain' }
    const files = '/v1/organizations/org_default/files'
    const opened = await fetch(`${first.url}${files}/upload-url`, {
      method: 'POST',
      headers,
      body: JSON.stringify({ ...facts, auto_register: true }),
    })
    const { upload_url, file_id } = (await opened.json()) as { upload_url: string; file_id: string }
    const half = bytes.length / 2
    const range = (start: number, end: number) => ({
      'Content-Range': `bytes ${start}-${end - 1}/${bytes.length}`,
    })
    const stored = await fetch(upload_url, {
      method: 'PUT',
      headers: range(0, half),
      body: bytes.subarray(0, half),
    })
    assert.equal(stored.status, 308)
    assert.equal(await stop(first.id), '0')
    assert.match(await command('logs', first.id), /"msg":"draining".*"msg":"stopped"/s)

    const second = await start(t, volume, environment)
    const moved = upload_url.replace(first.url, second.url)
    const rest = await fetch(moved, {
      method: 'PUT',
      headers: range(half, bytes.length),
      body: bytes.subarray(half),
    })
    assert.equal(rest.status, 200)
    const { download_url } = (await (
      await fetch(`${second.url}${files}/${file_id}/content`, { headers })
    ).json()) as { download_url: string }
    const downloaded = await fetch(download_url)
    assert.ok(Buffer.from(await downloaded.arrayBuffer()).equals(bytes))
    assert.equal(await stop(second.id), '0')
  }

  it('drains on SIGTERM, and keeps uploads in its volume', async (t) => {
    await uploadAcrossRestart(t, newVolume(t, 'sqlite'), {})
  })

  describe('with PostgreSQL', () => {
    let postgres: PostgresServer
    before(async () => {
      postgres = await startPostgres({ settings: ['fsync=off'] })
    })
    after(() => postgres?.stop())

    it('keeps its records there', async (t) => {
      const environment = { DATABASE_URL: `${postgres.url}/postgres`, PGPASSWORD: 'a password@with/signs' }
      const volume = newVolume(t, 'postgres')
      await uploadAcrossRestart(t, volume, environment)
      const { exec } = await start(t, volume, environment)
      assert.doesNotMatch(await exec('ls', '/data'), /waybill\.db/)
    })
  })

  it('ends on SIGTERM during its start', async (t) => {
    const silent = createServer().listen(0, '127.0.0.1')
    await once(silent, 'listening')
    const { port } = silent.address() as AddressInfo
    t.after(() => silent.close())
    const connected = once(silent, 'connection')
    const options = optionsOf({ DATABASE_URL: `postgres://waybill@127.0.0.1:${port}/waybill` })
    const id = await command('run', '--detach', ...options, engine.image)
    t.after(() => engine.run('rm', '--force', '--volumes', id))
    await connected
    assert.equal(await stop(id), '143')
  })
})

import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough, Writable } from 'node:stream'
import { after, before, describe, it } from 'node:test'
import { startApp, type TestApp } from '../../../server/test/start-app.ts'
import { browse } from '../../../server/test/users/real-provider/browse.ts'
import {
  type RealProvider,
  startRealProvider,
} from '../../../server/test/users/real-provider/start-provider.ts'
import { addAsOperator } from '../../../server/test/users/sign-in.ts'
import { runCommand } from '../../src/run-command.ts'
import { runInProcess } from '../run-in-process.ts'

describe('waybill login with a provider', () => {
  let app: TestApp
  let provider: RealProvider
  let folder: string
  let env: Record<string, string>
  before(async () => {
    provider = await startRealProvider()
    app = await startApp({ env: provider.env })
    folder = await mkdtemp(join(tmpdir(), 'waybill-login-'))
    env = { XDG_CONFIG_HOME: folder, BROWSER: 'true' }
  })
  after(async () => {
    await app.stop()
    provider.stop()
    await rm(folder, { recursive: true })
  })
  const path = () => join(folder, 'waybill', 'login.json')

  /** Runs `login`, and acts as the user who opens the address that it prints. */
  const login = async (name: string, ...args: string[]) => {
    let printed = ''
    let stdout = ''
    let visit: Promise<string> | null = null
    const stderr = new Writable({
      write: (chunk, _encoding, done) => {
        printed += chunk
        const url = /(?:^ {2}|filled in at )(http\S+)/m.exec(printed)?.[1]
        if (url !== undefined) visit ??= browse(url, name)
        done()
      },
    })
    const out = new Writable({
      write: (chunk, _encoding, done) => {
        stdout += chunk
        done()
      },
    })
    const stdin = new PassThrough().end()
    const code = await runCommand(['login', '--url', app.url, ...args], { env, stdin, stdout: out, stderr })
    return { code, stdout, printed, page: await visit }
  }

  it('signs in with the browser, and calls the service as the user', async () => {
    await addAsOperator(app, { email: 'ada@example.com', role: 'admin' })
    const done = await login('ada', '--browser')
    assert.equal(done.code, 0, done.printed)
    assert.match(done.stdout, /^Signed in as ada Example, admin of Test/)
    assert.match(done.page ?? '', /You can close this page/)
    assert.equal((await stat(path())).mode & 0o777, 0o600)
    const who = JSON.parse((await runInProcess(['whoami', '--json'], env)).stdout)
    assert.deepEqual([who.user.email, who.organization_id], ['ada@example.com', app.organizationId])
    assert.equal((await runInProcess(['keys', 'list'], env)).code, 0)
  })

  it('renews a token that has ended, and stores it', async () => {
    const stored = JSON.parse(await readFile(path(), 'utf8'))
    await writeFile(path(), JSON.stringify({ ...stored, session: { ...stored.session, expiresAtMs: 0 } }))
    const listed = await runInProcess(['files', 'list'], env)
    assert.equal(listed.code, 0, listed.stderr)
    const renewed = JSON.parse(await readFile(path(), 'utf8'))
    assert.ok(renewed.session.expiresAtMs > Date.now())
    assert.equal((await stat(path())).mode & 0o777, 0o600)
  })

  it('tells when the sign-in is over', async () => {
    const stored = JSON.parse(await readFile(path(), 'utf8'))
    const session = { ...stored.session, expiresAtMs: 0, refreshToken: 'unknown' }
    await writeFile(path(), JSON.stringify({ ...stored, session }))
    const listed = await runInProcess(['files', 'list'], env)
    assert.deepEqual([listed.code, /run "waybill login" again/.test(listed.stderr)], [1, true], listed.stderr)
  })

  it('signs in with a code', async () => {
    await addAsOperator(app, { email: 'grace@example.com' })
    const done = await login('grace', '--device')
    assert.equal(done.code, 0, done.printed)
    assert.match(done.printed, /enter the code [A-Z]{4}-[A-Z]{4}/)
    assert.match(done.stdout, /^Signed in as grace Example, member of Test/)
    assert.equal((await runInProcess(['files', 'list'], env)).code, 0)
  })

  it('stores nothing for a user who is no member', async () => {
    await rm(path())
    const done = await login('eve', '--browser')
    assert.deepEqual(
      [done.code, /not a member of an organization/.test(done.printed)],
      [1, true],
      done.printed,
    )
    await assert.rejects(readFile(path()), { code: 'ENOENT' })
  })
})

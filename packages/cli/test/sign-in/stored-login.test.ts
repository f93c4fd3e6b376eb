import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { after, before, describe, it } from 'node:test'
import { type CommandIo, createCommandIo } from '../../src/command-io.ts'
import { loginPath, removeLogin, type StoredLogin, storeLogin, toLogin } from '../../src/files/connection.ts'

// Nothing listens at these addresses: a test that asked the provider would fail.
const SIGN_IN = {
  issuer: 'http://127.0.0.1:1',
  client_id: 'waybill',
  scopes: 'openid',
  token: 'id_token',
  audience: null,
} as const
const HOUR_MS = 60 * 60 * 1000

function loginWith(bearer: string, expiresAtMs: number, changes: object = {}) {
  const session = { signIn: SIGN_IN, bearer, expiresAtMs, refreshToken: 'refresh' }
  return { url: 'https://a.example.com', organization: 'org_a', session, ...changes }
}

describe('a command with a stored sign-in', () => {
  let io: CommandIo
  let folder: string
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'waybill-login-'))
    const [stdin, stdout, stderr] = [new PassThrough().end(), new PassThrough(), new PassThrough()]
    io = createCommandIo({ env: { XDG_CONFIG_HOME: folder }, stdin, stdout, stderr })
  })
  after(() => rm(folder, { recursive: true }))

  const tokenOf = async (stored: StoredLogin): Promise<string> => {
    const { apiKey } = toLogin(io, stored)
    return typeof apiKey === 'string' ? apiKey : apiKey()
  }
  const ended = loginWith('ended', 0)

  it('takes the token that another command has renewed', async () => {
    await storeLogin(io, loginWith('renewed', Date.now() + HOUR_MS))
    assert.equal(await tokenOf(ended), 'renewed')
  })

  const others: readonly (readonly [name: string, login: StoredLogin])[] = [
    ['another service', loginWith('other', Date.now() + HOUR_MS, { url: 'https://b.example.com' })],
    ['another organization', loginWith('other', Date.now() + HOUR_MS, { organization: 'org_b' })],
    ['a key', { url: ended.url, organization: ended.organization, apiKey: 'oak_live_1' }],
  ]
  for (const [name, other] of others) {
    it(`neither takes nor replaces a later login with ${name}`, async () => {
      await storeLogin(io, other)
      await assert.rejects(tokenOf(ended), /removed or replaced/)
      assert.deepEqual(JSON.parse(await readFile(loginPath(io), 'utf8')), other)
    })
  }

  it('does not store a login again that has been removed', async () => {
    await storeLogin(io, ended)
    await removeLogin(io)
    await assert.rejects(tokenOf(ended), /removed or replaced/)
    await assert.rejects(stat(loginPath(io)), { code: 'ENOENT' })
  })
})

import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { runInProcess } from '../run-in-process.ts'

interface Member {
  readonly id: string
  readonly email: string
  readonly role: string
  readonly state: string
  readonly departments: readonly string[]
}

describe('waybill members', () => {
  let env: Record<string, string>
  before(async () => {
    env = { DATA_DIR: await mkdtemp(join(tmpdir(), 'waybill-members-')) }
    const created = await runInProcess(
      ['organizations', 'create', '--id', 'org_default', '--name', 'Default', '--new-installation'],
      env,
    )
    assert.equal(created.code, 0)
  })
  after(() => rm(env.DATA_DIR ?? '', { recursive: true }))
  const members = (...args: string[]) => runInProcess(['members', ...args], env)
  const list = async () => JSON.parse((await members('list', '--json')).stdout) as Member[]

  it('invites the first owner by address, lists and removes', async () => {
    const added = await members(
      'add',
      '--email',
      'Ada@Example.com',
      '--role',
      'owner',
      '--departments',
      'A, B',
    )
    assert.match(added.stdout, /^Invited ada@example\.com as owner/)
    const [member] = await list()
    assert.ok(member)
    const { id, ...facts } = member
    assert.deepEqual(
      [facts.email, facts.role, facts.state, facts.departments],
      ['ada@example.com', 'owner', 'invited', ['A', 'B']],
    )
    assert.match(
      (await members('list')).stdout,
      /^ID +STATE +ROLE +USER[^\n]*\nmem_\w+ +invited +owner +ada@example\.com +A, B/,
    )
    assert.match((await members('remove', id)).stdout, new RegExp(`^Removed ${id}`))
    assert.deepEqual(await list(), [])
  })

  const refused: readonly (readonly [args: readonly string[], message: RegExp])[] = [
    [['add', '--email', 'ada'], /must be an e-mail address/],
    [['add', '--email', 'ada@example.com', '--role', 'root'], /role must be one of/],
    [['add', '--user', 'usr_0'], /user_id must be the id of a user/],
    [['add', '--email', 'ada@example.com', '--organization', 'org_0'], /there is no organization org_0/],
    [['list', '--organization', 'org_0'], /there is no organization org_0/],
    [['remove', 'mem_0'], /there is no such member/],
  ]
  for (const [args, message] of refused) {
    it(`refuses ${args.join(' ')}`, async () => {
      const { code, stderr } = await members(...args)
      assert.deepEqual([code, message.test(stderr)], [1, true], stderr)
    })
  }

  it('leaves members to the provider where it decides', async () => {
    const claims = {
      OIDC_ISSUER: 'https://id.example.com',
      OIDC_CLIENT_ID: 'a',
      OIDC_ORGANIZATION_CLAIM: 'org',
    }
    const { code, stderr } = await runInProcess(['members', 'add', '--email', 'a@example.com'], {
      ...env,
      ...claims,
    })
    assert.deepEqual([code, /the provider decides/.test(stderr)], [1, true])
  })
})

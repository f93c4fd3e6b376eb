import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { describe, it } from 'node:test'
import { openDatabase } from '../../src/compose/open-database.ts'
import { operatorCaller } from '../../src/domain/access/caller.ts'
import { createAudit } from '../../src/operations/access/audit.ts'
import { openDownloadSecret, rotateDownloadSecret } from '../../src/operations/access/download-secret.ts'

const newKey = () => randomBytes(32)

describe('the download secret', () => {
  it('is created once for all processes', async () => {
    const database = await openDatabase({ kind: 'sqlite', path: ':memory:' })
    const [first, second] = [
      await openDownloadSecret(database, null),
      await openDownloadSecret(database, null),
    ]
    assert.equal(await first.read(), await second.read())
    assert.ok((await first.read()).length >= 43)
    await database.close()
  })

  it('is encrypted when a key is configured, also an existing plain one, and needs that key from then on', async () => {
    const database = await openDatabase({ kind: 'sqlite', path: ':memory:' })
    const plain = await (await openDownloadSecret(database, null)).read()
    const key = newKey()
    assert.equal(await (await openDownloadSecret(database, key)).read(), plain)
    const stored = await database.installation.secret('download', '')
    assert.match(stored, /^sealed:1:/)
    assert.ok(!stored.includes(plain))
    assert.equal(await (await openDownloadSecret(database, key)).read(), plain)
    for (const other of [null, newKey()]) {
      await assert.rejects(openDownloadSecret(database, other), (error: Error) => {
        assert.match(error.message, /SECRETS_KEY/)
        assert.ok(!error.message.includes(key.toString('base64')) && !error.message.includes(plain))
        return true
      })
    }
    await database.close()
  })

  it('changes with a rotation, also in a running process and after the loss of the old key', async () => {
    const database = await openDatabase({ kind: 'sqlite', path: ':memory:' })
    const key = newKey()
    const running = await openDownloadSecret(database, key)
    const audit = createAudit({ database, log: { warn: () => {} }, now: Date.now })
    const rotate = (newKey: Buffer | null) =>
      rotateDownloadSecret({ database, audit }, operatorCaller(null), newKey)
    const before = await running.read()
    await rotate(key)
    const after = await running.read(0)
    assert.notEqual(after, before)
    await assert.rejects(rotate(null), /sealed/)
    const fresh = newKey()
    await rotate(fresh)
    assert.notEqual(await (await openDownloadSecret(database, fresh)).read(), after)
    await database.close()
  })
})

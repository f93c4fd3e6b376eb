import assert from 'node:assert/strict'
import { it } from 'node:test'
import type { BucketFile } from '../../domain/files/bucket-file.ts'
import { createId } from '../../domain/ids.ts'
import { describeBucketKeys } from './bucket-keys.conformance.ts'
import type { NewBucketFile } from './buckets.ts'
import { type DatabaseFixture, fileOf, NOW_MS, sessionOf } from './fixture.conformance.ts'

const WITHOUT_RESERVATION = { kind: 'reservation', id: null } as const
const ALL = { prefix: '', delimiter: '', after: '', limit: 100 }
const always = (_current: BucketFile | null) => true
const ifAbsent = (current: BucketFile | null) => current === null

/** Tests an implementation of records/buckets.ts. */
export function describeBucketRecords(fixture: DatabaseFixture): void {
  describeBucketKeys(fixture)
  const { newOrganization, newSession, register, usage, countOf } = fixture

  const newFile = (
    organizationId: string,
    key: string,
    changes: Partial<NewBucketFile> = {},
  ): NewBucketFile => {
    const file = fileOf(sessionOf(organizationId, { filename: key.split('/').at(-1) || 'name' }))
    return { bucket: '', key, attributes: null, file, ...changes }
  }
  const keysOf = async (organizationId: string, bucket = '') => {
    const { buckets } = fixture.database
    return (await buckets.listKeys(organizationId, bucket, ALL, NOW_MS)).entries.map(({ name }) => name)
  }
  const put = (organizationId: string, added: NewBucketFile, accepts = always) =>
    fixture.database.buckets.putFile(organizationId, added, WITHOUT_RESERVATION, accepts)

  it('creates a bucket once, and tells whose it is only its organization', async () => {
    const [id, otherId] = [await newOrganization(), await newOrganization()]
    const { buckets } = fixture.database
    const name = `bucket-${createId('task').slice(-20)}`
    assert.equal(await buckets.create(id, name, NOW_MS), 'created')
    assert.equal(await buckets.create(id, name, NOW_MS), 'exists')
    assert.equal(await buckets.create(otherId, name, NOW_MS), 'taken')
    assert.deepEqual(await buckets.find(id, name), { name, id: name, createdAtMs: NOW_MS })
    assert.equal(await buckets.find(otherId, name), null)
    assert.deepEqual(await buckets.list(id, 10), [{ name, id: name, createdAtMs: NOW_MS }])
    assert.deepEqual(await buckets.list(otherId, 10), [])
  })

  it('deletes an empty bucket only, and only that of the organization', async () => {
    const [id, otherId] = [await newOrganization(), await newOrganization()]
    const { buckets } = fixture.database
    const bucket = `bucket-${createId('task').slice(-20)}`
    await buckets.create(id, bucket, NOW_MS)
    const added = newFile(id, 'a', { bucket })
    await put(id, added)
    assert.equal(await buckets.delete(otherId, bucket), 'not-found')
    assert.equal(await buckets.delete(id, bucket), 'not-empty')
    await fixture.database.files.delete(id, added.file.id, NOW_MS)
    assert.equal(await buckets.delete(id, bucket), 'deleted')
    assert.equal(await buckets.find(id, bucket), null)
    assert.deepEqual(await put(id, newFile(id, 'a', { bucket })), { kind: 'no-bucket' })
  })

  it('gives a registered File its folder and name as key, and the next one of the same name its id too', async () => {
    const id = await newOrganization()
    const files = []
    for (let count = 0; count < 2; count++) {
      const session = await newSession(id)
      const file = { ...fileOf(session), path: 'a/b', filename: 'c.txt' }
      files.push(await fixture.database.files.register(id, file))
    }
    const [, second] = files
    assert.deepEqual(await keysOf(id), ['a/b/c.txt', `${second?.id}/a/b/c.txt`].toSorted())
  })

  it('gives Files of the same name that come together a key each', async () => {
    const id = await newOrganization()
    const { files } = fixture.database
    const same = [1, 2, 3].map(() => ({ ...fileOf(sessionOf(id)), filename: 'c.txt' }))
    assert.ok(await files.add(id, [...same, { ...fileOf(sessionOf(id)), filename: 'd.txt' }], null))
    const keys = await keysOf(id)
    const [plain, prefixed] = [['c.txt', 'd.txt'], same.map((file) => `${file.id}/c.txt`)]
    assert.deepEqual(
      keys.filter((key) => plain.includes(key)),
      plain,
    )
    assert.equal(keys.filter((key) => prefixed.includes(key)).length, 2)
    assert.equal(keys.length, 4)
  })

  it('gives a directly added File a key, and takes the key of a deleted one', async () => {
    const id = await newOrganization()
    const { files } = fixture.database
    const file = fileOf(sessionOf(id, { filename: 'direct.txt' }))
    assert.ok(await files.add(id, [file], null))
    assert.deepEqual(await keysOf(id), ['direct.txt'])
    await files.delete(id, file.id, NOW_MS)
    assert.deepEqual(await keysOf(id), [])
  })

  it('changes the key of a File that is renamed, unless another one has it', async () => {
    const id = await newOrganization()
    const { files } = fixture.database
    const [one, two] = ['1.txt', '2.txt'].map((filename) => fileOf(sessionOf(id, { filename })))
    assert.ok(one && two && (await files.add(id, [one, two], null)))
    await files.update(id, one.id, { path: 'x' })
    assert.deepEqual(await keysOf(id), ['2.txt', 'x/1.txt'])
    await files.update(id, two.id, { path: 'x', filename: '1.txt' })
    assert.deepEqual(await keysOf(id), [`${two.id}/x/1.txt`, 'x/1.txt'])
  })

  it('puts a File under a key with what its client stored', async () => {
    const id = await newOrganization()
    const attributes = {
      etag: 'e',
      headers: { expires: '0' },
      metadata: { a: 'é' },
      checksum: null,
      parts: null,
    }
    const added = newFile(id, 'dir//x/', { attributes })
    assert.deepEqual(await put(id, added), { kind: 'added', replaced: null })
    const found = await fixture.database.buckets.findFile(id, added, NOW_MS)
    assert.equal(found?.file.id, added.file.id)
    assert.deepEqual(found?.attributes, attributes)
    assert.deepEqual(await usage(id), { used: 100, reserved: 0 })
    const otherId = await newOrganization()
    assert.equal(await fixture.database.buckets.findFile(otherId, added, NOW_MS), null)
    assert.deepEqual(await keysOf(otherId), [])
  })

  it('replaces the File of a key, and counts only the new one', async () => {
    const id = await newOrganization()
    const [first, second] = [newFile(id, 'k'), newFile(id, 'k')]
    await put(id, first)
    const outcome = await put(id, second)
    assert.equal(outcome.kind === 'added' && outcome.replaced?.id, first.file.id)
    assert.equal(await fixture.database.files.find(id, first.file.id), null)
    assert.deepEqual(await keysOf(id), ['k'])
    assert.deepEqual(await usage(id), { used: 100, reserved: 0 })
  })

  it('changes nothing when the condition refuses the current File', async () => {
    const id = await newOrganization()
    const first = newFile(id, 'k')
    await put(id, first, ifAbsent)
    const outcome = await put(id, newFile(id, 'k'), ifAbsent)
    assert.equal(outcome.kind === 'refused' && outcome.current?.file.id, first.file.id)
    assert.deepEqual(await usage(id), { used: 100, reserved: 0 })
    assert.ok(await fixture.database.files.find(id, first.file.id))
  })

  it('lets one of several conditional creations of a key win', async () => {
    const id = await newOrganization()
    const outcomes = await Promise.all(Array.from({ length: 8 }, () => put(id, newFile(id, 'k'), ifAbsent)))
    assert.equal(outcomes.filter(({ kind }) => kind === 'added').length, 1)
    assert.equal(outcomes.filter(({ kind }) => kind === 'refused').length, 7)
    assert.deepEqual(await usage(id), { used: 100, reserved: 0 })
  })

  it('leaves one File of several that replace the same key at once', async () => {
    const id = await newOrganization()
    await put(id, newFile(id, 'k'))
    const outcomes = await Promise.all(Array.from({ length: 8 }, () => put(id, newFile(id, 'k'))))
    assert.ok(outcomes.every(({ kind }) => kind === 'added'))
    assert.deepEqual(await keysOf(id), ['k'])
    assert.deepEqual(await usage(id), { used: 100, reserved: 0 })
  })

  it('counts a File whose time is over as absent, and replaces it', async () => {
    const id = await newOrganization()
    const old = newFile(id, 'k')
    const expired = { ...old, file: { ...old.file, uploadedAtMs: NOW_MS - 10, expiresAtMs: NOW_MS } }
    await put(id, expired)
    assert.equal(await fixture.database.buckets.findFile(id, old, NOW_MS), null)
    assert.equal((await put(id, newFile(id, 'k'), ifAbsent)).kind, 'added')
    assert.deepEqual(await usage(id), { used: 100, reserved: 0 })
  })

  it('refuses a File beyond the quota without a change', async () => {
    const id = await newOrganization(150)
    const first = newFile(id, 'k')
    await put(id, first)
    await assert.rejects(put(id, newFile(id, 'other')), { code: 'STORAGE_QUOTA_EXCEEDED' })
    assert.deepEqual(await keysOf(id), ['k'])
    assert.equal((await put(id, newFile(id, 'k'))).kind, 'added')
    assert.deepEqual(await usage(id), { used: 100, reserved: 0 })
  })

  it('converts a reservation into usage', async () => {
    const id = await newOrganization(150)
    const { buckets, reservations } = fixture.database
    const reservationId = createId('task')
    const terms = { id: reservationId, holder: 'test', expiresAtMs: NOW_MS + 1000 }
    assert.equal(await reservations.raise(id, terms, 120), 120)
    const source = { kind: 'reservation', id: reservationId } as const
    assert.equal((await buckets.putFile(id, newFile(id, 'k'), source, () => false)).kind, 'refused')
    assert.deepEqual(await usage(id), { used: 0, reserved: 120 })
    assert.equal((await buckets.putFile(id, newFile(id, 'k'), source, always)).kind, 'added')
    assert.deepEqual(await usage(id), { used: 100, reserved: 0 })
  })

  it('registers the session of a File once', async () => {
    const id = await newOrganization()
    const { buckets, uploadSessions } = fixture.database
    const session = await newSession(id)
    const added = newFile(id, 'k', { file: fileOf(session) })
    const source = { kind: 'session' } as const
    assert.equal((await buckets.putFile(id, added, source, always)).kind, 'added')
    assert.deepEqual(await usage(id), { used: 100, reserved: 0 })
    assert.equal(await countOf(id), 0)
    assert.equal((await uploadSessions.findByFileId(id, session.fileId))?.state.kind, 'registered')
    assert.deepEqual(await buckets.putFile(id, added, source, always), { kind: 'ended' })
  })

  it('lists keys in the order of their bytes', async () => {
    const id = await newOrganization()
    const keys = ['A', 'a', 'a/b', 'b', 'z', 'é', '\uffee', '\u{1f600}']
    for (const key of keys.toReversed()) await put(id, newFile(id, key))
    assert.deepEqual(await keysOf(id), keys)
  })

  it('does not give the File of a registered upload to a key that an S3 client has taken', async () => {
    const id = await newOrganization()
    await put(id, newFile(id, 'a.bin'))
    const file = await register(id, await newSession(id))
    assert.deepEqual(await keysOf(id), ['a.bin', `${file.id}/a.bin`])
  })
}

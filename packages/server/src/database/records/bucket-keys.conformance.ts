import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import fc from 'fast-check'
import { type KeyListRequest, type KeyRange, listKeys } from '../../domain/files/key-list.ts'
import { compareUtf8 } from '../../platform/utf8-order.ts'
import { type DatabaseFixture, fileOf, NOW_MS, sessionOf } from './fixture.conformance.ts'

const UNITS = ['a', '/', '0', '\uD7FF', '\uE000', '😀', 'b%_', "c'"]
/** Keys of one to three units, without those that are empty or folders of themselves. */
const KEYS = UNITS.flatMap((first) => [
  first,
  ...UNITS.flatMap((second, at) => [
    first + second,
    ...(at < 3 ? [`${first}${second}/d`, `${first}/${second}a`] : []),
  ]),
])
const anyText = fc.array(fc.constantFrom(...UNITS), { maxLength: 3 }).map((units) => units.join(''))
const anyRequest: fc.Arbitrary<KeyListRequest> = fc.record({
  prefix: fc.oneof(fc.constant(''), anyText),
  delimiter: fc.constantFrom('/', '/', 'a', '0/', '😀', '\u{10FFFF}', ''),
  after: fc.oneof(fc.constant(''), anyText),
  limit: fc.integer({ min: 0, max: 20 }),
})

/** Tests the lists of an implementation of records/buckets.ts with the algorithm of domain/files/key-list.ts. */
export function describeBucketKeys(fixture: DatabaseFixture): void {
  describe('lists of keys', () => {
    const keys = [...new Set(KEYS)]
    const expired = new Set(keys.filter((_, at) => at % 7 === 0))
    const expected = keys.filter((key) => !expired.has(key)).sort(compareUtf8)
    let organizationId: string
    before(async () => {
      organizationId = await fixture.newOrganization()
      for (const key of keys) {
        const expiresAtMs = expired.has(key) ? NOW_MS : null
        const file = { ...fileOf(sessionOf(organizationId)), expiresAtMs }
        const added = { bucket: '', key, attributes: null, file }
        const source = { kind: 'reservation', id: null } as const
        const put = await fixture.database.buckets.putFile(organizationId, added, source, () => true)
        assert.equal(put.kind, 'added')
      }
    })

    const inMemory = async ({ start, includesStart, end }: KeyRange, limit: number) =>
      expected
        .filter((key) => compareUtf8(key, start) > 0 || (includesStart && key === start))
        .filter((key) => end === null || compareUtf8(key, end) < 0)
        .slice(0, limit)
        .map((key) => ({ key }))

    it('are in byte order, with common prefixes, in pages of any size', async () => {
      await fc.assert(
        fc.asyncProperty(anyRequest, async (request) => {
          const { buckets } = fixture.database
          const page = await buckets.listKeys(organizationId, '', request, NOW_MS)
          const model = await listKeys(request, inMemory)
          const namesOf = ({ entries }: { entries: readonly { kind: string; name: string }[] }) =>
            entries.map(({ kind, name }) => ({ kind, name }))
          assert.deepEqual(namesOf(page), namesOf(model))
          assert.equal(page.next, model.next)
          for (const entry of page.entries)
            if (entry.kind === 'item') assert.equal(entry.item.key, entry.name)
        }),
        { numRuns: 500 },
      )
    })

    it('are those of one organization and one bucket', async () => {
      const { buckets } = fixture.database
      const all = { prefix: '', delimiter: '/', after: '', limit: 1000 }
      const other = await fixture.newOrganization()
      assert.deepEqual(await buckets.listKeys(other, '', all, NOW_MS), { entries: [], next: null })
      assert.deepEqual(await buckets.listKeys(organizationId, 'other', all, NOW_MS), {
        entries: [],
        next: null,
      })
    })
  })
}

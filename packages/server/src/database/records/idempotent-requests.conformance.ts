import assert from 'node:assert/strict'
import { it } from 'node:test'
import { type DatabaseFixture, NOW_MS } from './fixture.conformance.ts'

const LEASE_MS = 1000

/** Tests an implementation of records/idempotent-requests.ts. */
export function describeIdempotentRequestRecords(fixture: DatabaseFixture): void {
  const { newOrganization } = fixture
  const records = () => fixture.database.idempotentRequests
  const requestAt = (beganAtMs: number, fingerprint = 'one') => ({
    keySha256: 'key',
    fingerprint,
    beganAtMs,
    leaseUntilMs: beganAtMs + LEASE_MS,
  })

  it('lets one of many concurrent requests with a key be the first', async () => {
    const id = await newOrganization()
    const begun = await Promise.all(
      [0, 1, 2, 3].map((later) => records().begin(id, requestAt(NOW_MS + later), 0)),
    )
    assert.equal(begun.filter((earlier) => earlier === null).length, 1)
    const other = await newOrganization()
    assert.equal(await records().begin(other, requestAt(NOW_MS), 0), null)
  })

  it('returns the response of a completed request until it is forgotten', async () => {
    const id = await newOrganization()
    await records().begin(id, requestAt(NOW_MS), 0)
    await records().complete(id, requestAt(NOW_MS), '{"id":"1"}')
    const later = requestAt(NOW_MS + 2 * LEASE_MS, 'two')
    assert.deepEqual(await records().begin(id, later, NOW_MS), { fingerprint: 'one', response: '{"id":"1"}' })
    assert.equal(await records().begin(id, later, NOW_MS + 1), null)
    await records().abandon(id, later)
    assert.equal(await records().begin(id, requestAt(NOW_MS), 0), null)
    await records().complete(id, requestAt(NOW_MS), 'kept')
    await records().forget(NOW_MS, 100)
    assert.equal((await records().begin(id, later, 0))?.response, 'kept')
    assert.ok((await records().forget(NOW_MS + 1, 100)) > 0)
    assert.equal(await records().begin(id, later, 0), null)
  })

  it('takes over a request whose lease has ended, and ignores its late response', async () => {
    const id = await newOrganization()
    const [first, second] = [requestAt(NOW_MS), requestAt(NOW_MS + LEASE_MS)]
    await records().begin(id, first, 0)
    assert.deepEqual(await records().begin(id, requestAt(NOW_MS + LEASE_MS - 1), 0), {
      fingerprint: 'one',
      response: null,
    })
    assert.equal(await records().begin(id, second, 0), null)
    await records().complete(id, first, 'late')
    await records().abandon(id, first)
    assert.equal((await records().begin(id, second, 0))?.response, null)
  })

  it('keeps a request whose lease is renewed, unless another one has taken its place', async () => {
    const id = await newOrganization()
    const [first, second] = [requestAt(NOW_MS), requestAt(NOW_MS + 2 * LEASE_MS)]
    await records().begin(id, first, 0)
    await records().renew(id, first, NOW_MS + 2 * LEASE_MS)
    assert.notEqual(await records().begin(id, requestAt(NOW_MS + LEASE_MS), 0), null)
    assert.equal(await records().begin(id, second, 0), null)
    await records().renew(id, first, NOW_MS + 9 * LEASE_MS)
    assert.equal(await records().begin(id, requestAt(NOW_MS + 3 * LEASE_MS), 0), null)
  })
}

import assert from 'node:assert/strict'
import { it } from 'node:test'
import { createId } from '../../domain/ids.ts'
import { type DatabaseFixture, NOW_MS } from './fixture.conformance.ts'

const LEASE_MS = 1000
const CLEAN = { kind: 'clean', reason: null } as const

/** Tests an implementation of records/scans.ts. */
export function describeScanRecords(fixture: DatabaseFixture): void {
  const { newOrganization } = fixture
  const records = () => fixture.database.scans
  const newScan = (leaseToken = 'a', fileId = createId('file')) => ({
    ...{ scanId: `scan_${createId('file')}`, leaseToken, fileId },
    ...{ objectName: `files/org/${fileId}/a.txt`, generation: '1', leaseUntilMs: NOW_MS + LEASE_MS },
  })

  it('lets one of many concurrent scans of a file begin', async () => {
    const id = await newOrganization()
    const scan = newScan()
    const begun = await Promise.all(
      ['a', 'b', 'c', 'd'].map((leaseToken) => records().begin(id, { ...scan, leaseToken }, NOW_MS)),
    )
    assert.deepEqual(begun.map(({ kind }) => kind).sort(), ['begun', 'running', 'running', 'running'])
  })

  it('remembers a verdict until its time is over', async () => {
    const id = await newOrganization()
    const scan = newScan()
    await records().begin(id, scan, NOW_MS)
    const verdict = { kind: 'rejected', reason: 'Eicar' } as const
    await records().settle(id, scan, verdict, NOW_MS + 10)
    assert.deepEqual(await records().begin(id, scan, NOW_MS + 9), { kind: 'settled', verdict })
    assert.deepEqual(await records().begin(id, scan, NOW_MS + 10), { kind: 'begun' })
    assert.deepEqual(await records().begin(id, scan, NOW_MS + 11), { kind: 'running' })
  })

  it('begins a scan again after its lease, and ignores the late verdict of the first process', async () => {
    const id = await newOrganization()
    const [first, later] = [newScan('a'), NOW_MS + LEASE_MS]
    const second = { ...first, leaseToken: 'b', leaseUntilMs: later + LEASE_MS }
    await records().begin(id, first, NOW_MS)
    assert.deepEqual(await records().begin(id, second, later - 1), { kind: 'running' })
    assert.deepEqual(await records().begin(id, second, later), { kind: 'begun' })
    await records().renew(id, first, later + 9 * LEASE_MS)
    await records().settle(id, first, CLEAN, later + 9 * LEASE_MS)
    await records().abandon(id, first)
    assert.deepEqual(await records().begin(id, first, later), { kind: 'running' })
    await records().renew(id, second, later + 2 * LEASE_MS)
    assert.deepEqual(await records().begin(id, first, later + LEASE_MS), { kind: 'running' })
    await records().abandon(id, second)
    assert.deepEqual(await records().begin(id, first, later), { kind: 'begun' })
  })

  it('finds the object of a scan only while it runs, and only for its organization', async () => {
    const [id, other] = [await newOrganization(), await newOrganization()]
    const scan = newScan()
    const { scanId, fileId, objectName, generation } = scan
    await records().begin(id, scan, NOW_MS)
    assert.deepEqual(await records().findRunning(id, scanId, NOW_MS), { fileId, objectName, generation })
    assert.equal(await records().findRunning(other, scanId, NOW_MS), null)
    assert.equal(await records().findRunning(id, scanId, NOW_MS + LEASE_MS), null)
    assert.deepEqual(await records().begin(other, scan, NOW_MS + LEASE_MS), { kind: 'running' })
    await records().settle(id, scan, CLEAN, NOW_MS + 9 * LEASE_MS)
    assert.equal(await records().findRunning(id, scanId, NOW_MS), null)
  })

  it('forgets scans that ended before a time', async () => {
    const id = await newOrganization()
    const scan = newScan()
    await records().begin(id, scan, NOW_MS)
    await records().settle(id, scan, CLEAN, NOW_MS)
    await records().forget(NOW_MS, 100)
    assert.equal((await records().begin(id, scan, NOW_MS - 1)).kind, 'settled')
    assert.ok((await records().forget(NOW_MS + 1, 100)) > 0)
    assert.equal((await records().begin(id, scan, NOW_MS - 1)).kind, 'begun')
  })
}

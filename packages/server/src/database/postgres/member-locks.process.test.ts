import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Client } from 'pg'
import { eventually } from '../../../test/clients/eventually.ts'
import { createTestDatabase, withoutPostgres } from '../../../test/postgres/test-database.ts'
import { createId } from '../../domain/ids.ts'
import { createFixture, NOW_MS } from '../records/fixture.conformance.ts'
import type { NewMember } from '../records/members.ts'
import { openPostgresDatabase } from './postgres-database.ts'

const WAITING = `SELECT FROM pg_stat_activity
  WHERE datname = current_database() AND wait_event_type = 'Lock' AND application_name = 'waybill'`

describe('members on PostgreSQL', { skip: withoutPostgres }, () => {
  it('are not added by id while a sign-in of the user may make it a member', async (t) => {
    const { url, remove } = await createTestDatabase()
    const database = await openPostgresDatabase({ url, maxConnections: 2 }, () => {})
    const signIn = new Client(url)
    await signIn.connect()
    t.after(async () => {
      await signIn.end()
      await database.close()
      await remove()
    })
    const organizationId = await createFixture(() => database).newOrganization()
    const claims = {
      ...{ issuer: 'https://id.example.com', subject: 'ada', name: 'Ada', email: 'ada@example.com' },
      ...{ isEmailVerified: true, issuedAtMs: NOW_MS, expiresAtMs: NOW_MS + 1000, memberships: null },
    }
    const { user } = await database.users.signIn(claims, createId('usr'), NOW_MS)
    const member: NewMember = {
      ...{ id: createId('mem'), userId: user.id, email: null, departments: [], addedBy: null },
      ...{ role: 'member', createdAtMs: NOW_MS },
    }
    await signIn.query('BEGIN')
    // A deadlock would end this transaction, and not the other one.
    await signIn.query("SET LOCAL deadlock_timeout = '10ms'")
    await signIn.query('SELECT FROM users WHERE id = $1 FOR UPDATE', [user.id])
    const adding = database.members.add(organizationId, member, 100)
    await eventually('the addition waits', async () => (await signIn.query(WAITING)).rowCount === 1)
    await signIn.query(
      `INSERT INTO members (id, organization_id, user_id, role, departments, created_at_ms, joined_at_ms)
       VALUES ($1, $2, $3, 'viewer', '[]', $4, $4)`,
      [createId('mem'), organizationId, user.id, NOW_MS],
    )
    await signIn.query('COMMIT')
    assert.deepEqual(await adding, { kind: 'exists' })
  })
})

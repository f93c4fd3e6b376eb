import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import {
  assertOlderSession,
  responseBeforeItems,
  SESSIONS_BEFORE_COUNTS,
  schemaOfVersion,
} from '../../../test/older-schema.ts'
import {
  createTestDatabase,
  runOnce,
  type TestDatabase,
  withoutPostgres,
} from '../../../test/postgres/test-database.ts'
import { ServiceError } from '../../domain/errors.ts'
import type { UploadSession } from '../../domain/uploads/upload-session.ts'
import { describeDatabase } from '../database.conformance.ts'
import type { Database } from '../database.ts'
import { fileOf, keyOf, NOW_MS, organizationOf, sessionOf } from '../records/fixture.conformance.ts'
import { type Connection, createConnection, type Transaction } from './connection.ts'
import { openPostgresDatabase } from './postgres-database.ts'

const LOCK = 'SELECT pg_advisory_xact_lock(hashtextextended($objectName, 0))'

const open = (url: string) => openPostgresDatabase({ url, maxConnections: 10 }, () => {})

describe('PostgreSQL', { skip: withoutPostgres }, () => {
  describeDatabase('PostgreSQL', async () => {
    const { url, remove } = await createTestDatabase()
    return { database: await open(url), remove }
  })

  describe('PostgreSQL database', () => {
    let test: TestDatabase
    before(async () => {
      test = await createTestDatabase()
    })
    after(() => test.remove())

    it('creates its schema once when several processes start at the same time', async () => {
      const databases = await Promise.all([1, 2, 3, 4].map(() => open(test.url)))
      await Promise.all(databases.map((database) => database.installation.secret('a', 'b')))
      for (const database of databases) await database.close()
    })

    it('keeps working when another process adds a column', async () => {
      const database = await open(test.url)
      const organization = {
        id: 'org_a',
        name: 'A',
        isActive: true,
        storageLimitBytes: null,
        storageUsedBytes: 0,
        storageReservedBytes: 0,
        createdAtMs: 1,
        updatedAtMs: 1,
      }
      const key = {
        id: 'ak_a',
        name: 'A',
        prefix: 'oak_live_aaaa',
        secretSha256: 'a',
        scopes: ['admin'] as const,
      }
      const added = { ...key, createdBy: null, createdAtMs: 1, expiresAtMs: null }
      await database.installation.createOrganization(organization, added)
      const inAll = <T>(work: () => Promise<T>) => Promise.all(Array.from({ length: 30 }, work))
      const find = () => database.apiKeys.find('org_a', 'ak_a')
      const rename = () => database.apiKeys.update('org_a', 'ak_a', { name: 'B' }, 1)
      await Promise.all([inAll(find), inAll(rename)])
      await runOnce(test.url, 'ALTER TABLE api_keys ADD COLUMN later TEXT')
      const [found, renamed] = await Promise.all([inAll(find), inAll(rename)])
      assert.ok(found.every((one) => one?.name === 'B'))
      assert.ok(renamed.every(({ kind }) => kind === 'done'))
      await database.close()
    })

    it('corrects a count that a process of an older version left wrong, and reads its session', async () => {
      const database = await open(test.url)
      await runOnce(test.url, SESSIONS_BEFORE_COUNTS.replaceAll('org_', 'org_old_'))
      assert.equal(await database.uploadSessions.countUnfinished('org_old_a'), 0)
      await database.housekeeping.recountSessions('', 100)
      assert.equal(await database.uploadSessions.countUnfinished('org_old_a'), 3)
      assertOlderSession(await database.uploadSessions.findByFileId('org_old_a', 'open'))
      await database.close()
    })

    it('counts the unfinished sessions of an existing database', async (t) => {
      const { url, remove } = await createTestDatabase()
      t.after(remove)
      const version =
        'CREATE TABLE schema_version (version INTEGER NOT NULL); INSERT INTO schema_version VALUES (3)'
      await runOnce(url, `${schemaOfVersion('postgres', 3)}; ${SESSIONS_BEFORE_COUNTS} ${version}`)
      const database = await open(url)
      const { uploadSessions } = database
      const counts = [
        await uploadSessions.countUnfinished('org_a'),
        await uploadSessions.countUnfinished('org_b'),
      ]
      assert.deepEqual(counts, [3, 0])
      await database.close()
    })

    it('finds the items of responses that an existing database has, where it can read them', async (t) => {
      const { url, remove } = await createTestDatabase()
      t.after(remove)
      const responses = [responseBeforeItems('a', '"\\\\u0041"'), responseBeforeItems('b', '"\\u0000"')].join(
        '',
      )
      const version =
        'CREATE TABLE schema_version (version INTEGER NOT NULL); INSERT INTO schema_version VALUES (16)'
      await runOnce(url, `${schemaOfVersion('postgres', 16)}; ${responses} ${version}`)
      const database = await open(url)
      const ids = ['a_in', 'a_out', 'b_in', 'b_out', 'c_in']
      const found = await database.responses.findItems('org_a', ids, { nowMs: 1, expiresAtMs: 0 })
      assert.deepEqual([...(found?.keys() ?? [])].sort(), ['a_in', 'a_out', 'b_in'])
      await database.close()
    })

    describe('A new session that is registered at once', () => {
      const organization = organizationOf('org_at_once')
      let database: Database
      let other: Connection
      before(async () => {
        database = await open(test.url)
        await database.installation.createOrganization(organization, keyOf(organization.id))
        other = createConnection({ url: test.url, maxConnections: 1 }, () => {})
      })
      after(async () => {
        await other.close()
        await database.close()
      })

      const createRegistered = (session: UploadSession) => {
        const { id } = organization
        const event = { organizationId: id, actor: null, target: session.fileId, timeMs: NOW_MS }
        const of = (action: string) =>
          ({ ...event, action, outcome: 'ok', traceId: 'trace', clientAddress: null }) as const
        const registration = { file: fileOf(session), created: of('create'), registered: of('register') }
        return database.uploadSessions.createRegistered(id, session, session.fileId, 10, registration)
      }

      /** Registers a session while another transaction holds the name of its object. Calls `meanwhile` when the session is added. */
      const registerDuring = async (
        session: UploadSession,
        meanwhile: (holder: Transaction) => Promise<unknown>,
      ) => {
        const registering = await other.transaction(async (holder) => {
          await holder.get(LOCK, { objectName: session.objectName })
          const outcome = createRegistered(session).catch((error: unknown) => error)
          while ((await database.uploadSessions.findByFileId(organization.id, session.fileId)) === null);
          await meanwhile(holder)
          return { outcome }
        })
        return registering.outcome
      }

      const findState = async ({ fileId }: UploadSession) =>
        (await database.uploadSessions.findByFileId(organization.id, fileId))?.state.kind

      it('is ended when a sweep has begun to disown its object', async () => {
        const session = sessionOf(organization.id)
        const sql = 'INSERT INTO disowned_objects (object_name, disowned_at_ms) VALUES ($objectName, 1)'
        const outcome = await registerDuring(session, (sweep) =>
          sweep.change(sql, { objectName: session.objectName }),
        )
        assert.equal(outcome instanceof ServiceError && outcome.code, 'SERVICE_UNAVAILABLE')
        assert.equal(await findState(session), 'cancelled')
        assert.equal(await database.files.find(organization.id, session.fileId), null)
        assert.equal(await database.uploadSessions.countUnfinished(organization.id), 0)
      })

      it('gets no File when it is cancelled in between', async () => {
        const session = sessionOf(organization.id)
        const cancel = () => database.uploadSessions.cancel(organization.id, session.fileId, NOW_MS)
        assert.equal(await registerDuring(session, cancel), 'ended')
        assert.equal(await findState(session), 'cancelled')
        assert.equal(await database.files.find(organization.id, session.fileId), null)
      })
    })

    it('does not open a schema that is newer than the program', async () => {
      await (await open(test.url)).close()
      await runOnce(test.url, 'UPDATE schema_version SET version = 999')
      await assert.rejects(open(test.url), /schema version 999.*use a newer program/)
    })
  })
})

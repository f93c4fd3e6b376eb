import assert from 'node:assert/strict'
import { once } from 'node:events'
import { after, before, describe, it } from 'node:test'
import { createTestDatabase, type TestDatabase, withoutPostgres } from '../../postgres/test-database.ts'
import { listeningUrl, spawnWaybill, startServer, type TestServer } from '../../start-server.ts'
import { type Connection, openConnection, requestHead } from '../exchange.ts'
import * as ietf from '../ietf/ietf.ts'
import { someBytes } from '../session.ts'
import * as tus from '../tus/tus.ts'
import { bytesOf, createByTus, type Upload } from './uploads.ts'

const SIZE = 3_000_000
const SENT = 1_000_000
const olderBytes = someBytes(SIZE, 'older')
const newerBytes = someBytes(SIZE, 'newer')

/** Tests two processes of one installation, to which the protocols of one upload send their requests. */
function describeProcesses(
  name: string,
  prepare: () => Promise<TestDatabase | null>,
  skip: string | false,
): void {
  describe(`two protocols in two processes over ${name}`, { skip }, () => {
    let database: TestDatabase | null
    let one: TestServer
    let other: { url: string; end(): Promise<unknown> }

    before(async () => {
      database = await prepare()
      const env = { RATE_LIMIT_PER_MINUTE: '0', ...(database && { DATABASE_URL: database.url }) }
      one = await startServer({ env })
      const child = spawnWaybill(one.dataDir, ['serve'], env)
      const exited = once(child, 'exit')
      other = {
        url: await listeningUrl(child),
        end: () => {
          child.kill('SIGKILL')
          return exited
        },
      }
      child.stdout.resume()
    })

    after(async () => {
      await other?.end()
      await one?.stop()
      await database?.remove()
    })

    const atOther = ({ url }: Upload) => url.replace(new URL(url).origin, other.url)

    /** Starts a PATCH of tus at the first process, which waits for more bytes. */
    const startPatch = async ({ url }: Upload): Promise<Connection> => {
      const connection = await openConnection(url)
      const headers = { ...tus.VERSION, ...tus.BYTES_TYPE, 'Upload-Offset': '0', Expect: '100-continue' }
      await connection.write(requestHead(url, { method: 'PATCH', headers }, SIZE))
      assert.equal((await connection.answer()).status, 100)
      await connection.write(olderBytes.subarray(0, SENT))
      return connection
    }

    /** Sends the end of the upload to the other process, at the offset that it tells. Returns this offset. */
    const completeAt = async (url: string, start: number): Promise<number> => {
      const answer = await ietf.patch(url, start, true, newerBytes.subarray(start))
      if (answer.status === 409) return completeAt(url, Number(answer.headers['upload-offset']))
      assert.equal(answer.status, 201, answer.body)
      return start
    }

    const beginnings: Readonly<Record<string, (url: string) => Promise<number>>> = {
      'after HEAD': async (url) => Number((await ietf.head(url)).headers['upload-offset']),
      'without HEAD': async () => 0,
    }
    for (const [beginning, findStart] of Object.entries(beginnings)) {
      it(`let PATCH of the IETF protocol take over from PATCH of tus ${beginning}`, async () => {
        const upload = await createByTus(one, SIZE)
        const older = await startPatch(upload)
        const offset = await completeAt(atOther(upload), await findStart(atOther(upload)))
        await older.write(olderBytes.subarray(SENT))
        await assert.rejects(older.answer(), /the connection closed, having said ''/)
        const stored = await bytesOf(one, upload)
        const expected = Buffer.concat([olderBytes.subarray(0, offset), newerBytes.subarray(offset)])
        assert.ok(stored?.equals(expected), `other bytes around ${offset}`)
      })
    }
  })
}

describeProcesses('SQLite', async () => null, false)
describeProcesses('PostgreSQL', createTestDatabase, withoutPostgres)

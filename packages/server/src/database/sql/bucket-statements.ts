import type { BucketRecords } from '../records/buckets.ts'
import { toBucket, toBucketFile } from './bucket-rows.ts'
import { listBucketKeys } from './list-bucket-keys.ts'
import { putBucketFile } from './put-bucket-file.ts'
import { NOT_EXPIRED, SELECT_BUCKET_FILES } from './select-bucket-files.ts'
import { changeRows, type Dialect, getRow, type Steps, type Transactions } from './transactions.ts'

const FIND_FILE = `${SELECT_BUCKET_FILES} AND bucket_files.key = $key`

const FIND_BUCKET = 'SELECT * FROM buckets WHERE name = $name AND organization_id = $organizationId'

/** Operations on buckets, equal on both databases. */
export function createBucketStatements(transactions: Transactions): BucketRecords {
  const { get, all, change, transact, dialect } = transactions
  const find = async (organizationId: string, name: string) => {
    const row = await get(FIND_BUCKET, { organizationId, name })
    return row && toBucket(row)
  }

  return {
    find,

    create: async (organizationId, name, nowMs) => {
      const { count } = await change(
        `INSERT INTO buckets (name, organization_id, created_at_ms) VALUES ($name, $organizationId, $nowMs)
         ON CONFLICT (name) DO NOTHING`,
        { name, organizationId, nowMs },
      )
      if (count > 0) return 'created'
      return (await find(organizationId, name)) === null ? 'taken' : 'exists'
    },

    isTaken: async (organizationId, name) =>
      (await get('SELECT 1 FROM buckets WHERE name = $name AND organization_id <> $organizationId', {
        organizationId,
        name,
      })) !== null,

    list: async (organizationId, limit) => {
      const sql = 'SELECT * FROM buckets WHERE organization_id = $organizationId ORDER BY name LIMIT $limit'
      return (await all(sql, { organizationId, limit })).map(toBucket)
    },

    delete: (organizationId, name) => transact(() => deleteBucket(dialect, organizationId, name)),

    findFile: async (organizationId, { bucket, key }, nowMs) => {
      const row = await get(`${FIND_FILE} AND ${NOT_EXPIRED}`, { organizationId, bucket, key, nowMs })
      return row && toBucketFile(row)
    },

    listKeys: (organizationId, bucket, request, nowMs) =>
      listBucketKeys(transactions, { organizationId, bucket, nowMs }, request),

    putFile: (organizationId, added, source, accepts, event) =>
      transact(() => putBucketFile(dialect, organizationId, added, source, accepts, event)),
  }
}

function* deleteBucket(
  dialect: Dialect,
  organizationId: string,
  name: string,
): Steps<'deleted' | 'not-empty' | 'not-found'> {
  const bucket = yield* getRow(`${FIND_BUCKET} ${dialect.forUpdate}`, { organizationId, name })
  if (bucket === null) return 'not-found'
  const file = yield* getRow(
    'SELECT 1 FROM bucket_files WHERE organization_id = $organizationId AND bucket = $name LIMIT 1',
    { organizationId, name },
  )
  if (file !== null) return 'not-empty'
  yield* changeRows('DELETE FROM buckets WHERE name = $name AND organization_id = $organizationId', {
    organizationId,
    name,
  })
  return 'deleted'
}

import { randomBytes } from 'node:crypto'
import { Readable } from 'node:stream'
import type { Database } from '@waybill/server/database/database.ts'
import { probeName } from '@waybill/server/domain/files/object-name.ts'
import { installationId } from '@waybill/server/operations/installation/installation-id.ts'
import { findLostDatabase } from '@waybill/server/operations/installation/refuse-lost-database.ts'
import { crc32c, crc32cToBase64 } from '@waybill/server/platform/crc32c.ts'
import type { ObjectStorage } from '@waybill/server/storage/object-storage.ts'
import { type CheckResult, failed, ok } from './finding.ts'

const PROBE_BYTES = 1024 * 1024 + 1

/** Writes an object, verifies and removes it. Then checks that the objects belong to this database, if there is one. */
export async function checkStorage(
  storage: ObjectStorage,
  database: Database | null,
): Promise<CheckResult[]> {
  const name = probeName()
  const bytes = randomBytes(PROBE_BYTES)
  const expected = crc32cToBase64(crc32c(bytes))
  try {
    // The storage takes ownership of the buffers that it gets, and this one is compared later.
    const body = Readable.from([Buffer.from(bytes)], { objectMode: false })
    const written = await storage.write({ name, contentType: 'application/octet-stream' }, body, PROBE_BYTES)
    if (written.kind !== 'object' || written.object.crc32c !== expected) {
      return [
        failed(
          'storage-wrote-other',
          'The storage stored other bytes than were written. Check the disk and the memory of the machine.',
        ),
      ]
    }
    const read = Buffer.concat(await (await storage.read(name)).toArray())
    if (!read.equals(bytes)) {
      return [
        failed(
          'storage-read-other',
          'The storage returned other bytes than were written. Check the disk and the memory of the machine.',
        ),
      ]
    }
  } finally {
    await storage.remove(name)
  }
  if ((await storage.stat(name)) !== null) {
    return [failed('storage-keeps-removed', 'A removed object still exists. Check the disk.')]
  }
  const foreign = database === null ? [] : await foreignStorage(storage, database)
  if (foreign.length > 0) return foreign
  return [
    ok(`An object of 1 MiB was written, read back with the same checksum and removed (${storage.kind}).`),
  ]
}

async function foreignStorage(storage: ObjectStorage, database: Database): Promise<CheckResult[]> {
  const lost = await findLostDatabase({ database, storage })
  if (lost !== null) {
    const advice = 'Restore it from a backup, or correct DATABASE_URL and DATA_DIR.'
    return [failed('foreign-storage', `${lost} ${advice}`)]
  }
  const installation = await installationId(database)
  if ((await storage.inventory.owner(installation)) === installation) return []
  return [
    failed(
      'foreign-storage',
      'The stored objects belong to another database, so no file would be found. Set DATABASE_URL and STORAGE_URL to the same installation, or restore both from the same backup.',
    ),
  ]
}

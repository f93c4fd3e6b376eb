import { randomBytes } from 'node:crypto'
import { Readable } from 'node:stream'
import type { Database } from '@waybill/server/database/database.ts'
import { probeName } from '@waybill/server/domain/files/object-name.ts'
import { installationId } from '@waybill/server/operations/installation/installation-id.ts'
import { findLostDatabase } from '@waybill/server/operations/installation/refuse-lost-database.ts'
import { crc32c, crc32cToBase64 } from '@waybill/server/platform/crc32c.ts'
import type { ObjectStorage } from '@waybill/server/storage/object-storage.ts'
import { failed, ok, type Seen } from './finding.ts'

const PROBE_BYTES = 1024 * 1024 + 1

/** Writes an object, reads it back with its checksum and removes it; and looks whose storage this is. */
export async function checkStorage(storage: ObjectStorage, database: Database | null): Promise<Seen[]> {
  const name = probeName()
  const bytes = randomBytes(PROBE_BYTES)
  const expected = crc32cToBase64(crc32c(bytes))
  try {
    // The storage takes the buffers that it is given over, and this one is compared later.
    const body = Readable.from([Buffer.from(bytes)], { objectMode: false })
    const written = await storage.write({ name, contentType: 'application/octet-stream' }, body, PROBE_BYTES)
    if (written.kind !== 'object' || written.object.crc32c !== expected) {
      return [
        failed(
          'storage-wrote-other',
          'What was stored is not what was given: look at the disk and its memory.',
        ),
      ]
    }
    const read = Buffer.concat(await (await storage.read(name)).toArray())
    if (!read.equals(bytes)) {
      return [
        failed(
          'storage-read-other',
          'What was read is not what was stored: look at the disk and its memory.',
        ),
      ]
    }
  } finally {
    await storage.remove(name)
  }
  if ((await storage.stat(name)) !== null) {
    return [failed('storage-keeps-removed', 'An object that was removed is still there: look at the disk.')]
  }
  const foreign = database === null ? [] : await foreignStorage(storage, database)
  if (foreign.length > 0) return foreign
  return [
    ok(`An object of 1 MiB was written, read back with the same checksum, and removed (${storage.kind}).`),
  ]
}

async function foreignStorage(storage: ObjectStorage, database: Database): Promise<Seen[]> {
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
      'The objects belong to another database than this one, so no file would be found: set DATABASE_URL and STORAGE_URL of one installation, or restore both from one backup.',
    ),
  ]
}

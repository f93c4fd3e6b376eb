import type { File } from '../../domain/files/file.ts'
import { objectName } from '../../domain/files/object-name.ts'
import { createId } from '../../domain/ids.ts'
import { base64ToHex } from '../../domain/uploads/checksums.ts'
import type { Context } from '../context.ts'
import { copyStored, unlessDamaged, unlessLost } from './copy-stored.ts'
import { digestObject } from './digest-object.ts'

/**
 * Returns a File with bytes that the organization had stored before, instead of a received File without a record. Returns
 * null, and changes nothing, when the SHA-256 is unknown or there are no such bytes. The object of the received File stays.
 */
export async function shareReceived(
  context: Pick<Context, 'database' | 'storage' | 'now'>,
  received: File,
): Promise<File | null> {
  const { organizationId, sha256, sizeBytes, filename, contentType } = received
  if (sha256 === null) return null
  const content = { sha256, sizeBytes }
  const source = await context.database.files.findByContent(organizationId, content, context.now())
  if (source === null || !(await isSound(context, source))) return null
  const id = createId('file')
  const name = objectName(organizationId, id, filename)
  const object = await copyStored(context, { name, contentType }, source)
  if (object === null) return null
  const { generation } = object
  return { ...received, id, objectName: name, generation, sharesBytesOf: source.sharesBytesOf ?? source.id }
}

/** Reads the stored bytes where that costs nothing: received bytes must not be given up for damaged ones. */
async function isSound({ storage }: Pick<Context, 'storage'>, source: File): Promise<boolean> {
  if (!storage.readsAreFree) return true
  const { objectName: name, generation } = source
  if ((await unlessDamaged(() => storage.stat(name))) === null) return false
  const read = () => digestObject(storage, { name, generation }, ['sha256'])
  const digests = await unlessLost({ storage }, source, read)
  return base64ToHex(digests?.sha256 ?? null) === source.sha256
}

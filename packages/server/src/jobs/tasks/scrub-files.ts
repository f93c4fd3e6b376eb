import type { File } from '../../domain/files/file.ts'
import type { Context } from '../../operations/context.ts'
import { noteDamage } from '../../operations/files/note-damage.ts'
import { type Scrubbed, type ScrubRun, scrub } from './scrub.ts'

/** Damaged Files that one scrub can find sound again; the next one finds the others. */
const MAX_KNOWN = 10_000

/** Scrubs the storage, and records which Files are damaged, and which are sound again. */
export async function scrubFiles(
  { database, storage, now }: Pick<Context, 'database' | 'storage' | 'now'>,
  run: ScrubRun,
): Promise<Scrubbed> {
  const verifiedFromMs = now()
  const damaged = await database.files.listDamaged(MAX_KNOWN)
  const known = new Map<string, File>(damaged.map((file) => [file.objectName, file]))
  const onUnsound = (name: string) => noteDamage({ database, now }, { name, generation: null })
  const onSound = async (name: string) => {
    const file = known.get(name)
    if (file) await database.files.markSound(file.organizationId, file.id, verifiedFromMs)
  }
  return scrub(storage, { ...run, onSound, onUnsound })
}

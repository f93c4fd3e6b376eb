import { fileOfName } from '../../domain/files/object-name.ts'
import type { Context } from '../context.ts'

/** Records that the object of a File is damaged. Does nothing for an object that is no File's. */
export async function noteDamage(
  { database, now }: Pick<Context, 'database' | 'now'>,
  { name, generation }: { readonly name: string; readonly generation: string | null },
): Promise<void> {
  const file = fileOfName(name)
  if (file === null) return
  await database.files.markDamaged(file.organizationId, file.fileId, { name, generation }, now())
}

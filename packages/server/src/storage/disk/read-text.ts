import type { FileSystem } from './file-system.ts'
import { openUnlessMissing } from './open-unless-missing.ts'

/** What a small file holds, or null where there is none. */
export async function readText(fs: FileSystem, path: string): Promise<string | null> {
  const file = await openUnlessMissing(fs, path, 'read')
  if (file === null) return null
  try {
    const bytes = Buffer.alloc((await file.stat()).size)
    const { bytesRead } = await file.read(bytes, 0, bytes.length, 0)
    return bytes.toString('utf8', 0, bytesRead)
  } finally {
    await file.close()
  }
}

import type { FileSystem } from './file-system.ts'
import { openUnlessMissing } from './open-unless-missing.ts'
import { writeFully } from './write-fully.ts'

/** Returns the content of a small file; null when it is missing. */
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

/** Creates a small file. Its bytes are durable when this resolves, its name is not. */
export async function writeText(fs: FileSystem, path: string, text: string): Promise<void> {
  const file = await fs.open(path, 'create')
  try {
    await writeFully(file, [Buffer.from(text)], 0)
    await file.datasync()
  } finally {
    await file.close()
  }
}

import type { FileSystem } from './file-system.ts'
import { writeFully } from './write-fully.ts'

/** Makes a new small file; its bytes are durable then, its name is not. */
export async function writeText(fs: FileSystem, path: string, text: string): Promise<void> {
  const file = await fs.open(path, 'create')
  try {
    await writeFully(file, [Buffer.from(text)], 0)
    await file.datasync()
  } finally {
    await file.close()
  }
}

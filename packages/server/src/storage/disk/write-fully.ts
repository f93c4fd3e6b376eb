import type { OpenFile } from './file-system.ts'

/**
 * Writes all bytes, in several calls if needed: a call may write fewer, for example when the disk is nearly full. Returns
 * the number of bytes that a sync has to write.
 */
export async function writeFully(
  file: OpenFile,
  buffers: readonly Buffer[],
  position: number,
): Promise<number> {
  let rest = buffers
  let at = position
  let cachedBytes = 0
  while (rest.length > 0) {
    const { bytesWritten, isDirect = false } = await file.writev(rest, at)
    if (bytesWritten === 0) throw Object.assign(new Error('no byte was written'), { code: 'ENOSPC' })
    at += bytesWritten
    if (!isDirect) cachedBytes += bytesWritten
    rest = withoutFirstBytes(rest, bytesWritten)
  }
  return cachedBytes
}

function withoutFirstBytes(buffers: readonly Buffer[], bytes: number): Buffer[] {
  let toDrop = bytes
  return buffers.flatMap((buffer) => {
    const dropped = Math.min(toDrop, buffer.length)
    toDrop -= dropped
    return dropped === buffer.length ? [] : [buffer.subarray(dropped)]
  })
}

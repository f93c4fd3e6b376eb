import type { OpenFile } from './file-system.ts'

/** Writes all bytes, in several calls if needed: a call may write fewer, for example when the disk is nearly full. */
export async function writeFully(
  file: OpenFile,
  buffers: readonly Buffer[],
  position: number,
): Promise<void> {
  let rest = buffers
  let at = position
  while (rest.length > 0) {
    const { bytesWritten } = await file.writev(rest, at)
    if (bytesWritten === 0) throw Object.assign(new Error('no byte was written'), { code: 'ENOSPC' })
    at += bytesWritten
    rest = withoutFirstBytes(rest, bytesWritten)
  }
}

function withoutFirstBytes(buffers: readonly Buffer[], bytes: number): Buffer[] {
  let toDrop = bytes
  return buffers.flatMap((buffer) => {
    const dropped = Math.min(toDrop, buffer.length)
    toDrop -= dropped
    return dropped === buffer.length ? [] : [buffer.subarray(dropped)]
  })
}

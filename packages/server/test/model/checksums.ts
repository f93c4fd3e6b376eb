import { createHash } from 'node:crypto'
import { crc32c as crc32cOf } from '@node-rs/crc32'

/** Returns the base64 of the big-endian CRC-32C, computed at once. The service combines it from parts. */
export function crc32c(bytes: Uint8Array): string {
  const value = Buffer.alloc(4)
  value.writeUInt32BE(crc32cOf(bytes))
  return value.toString('base64')
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('base64')
}

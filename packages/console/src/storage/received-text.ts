import type { OpenUpload } from '@waybill/sdk'
import { formatBytes } from '../parts/format.ts'

/**
 * Returns how much of an upload has arrived. Either number may be unknown: the client of a stream tells the size at its
 * end, and uploads to a provider do not show their progress here.
 */
export function receivedText({
  received_bytes,
  file_size,
}: Pick<OpenUpload, 'received_bytes' | 'file_size'>): string {
  const received = received_bytes === null ? 'Unknown part' : formatBytes(received_bytes)
  return file_size === null ? `${received}, size unknown` : `${received} of ${formatBytes(file_size)}`
}

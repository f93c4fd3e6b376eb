/**
 * Gives a buffer's memory back at once: it is empty afterwards. Node makes a buffer for each piece of a body, and left
 * to the collector they have it walk the whole heap every 64 MiB: 0.55 × the speed, 1.7 × the processor time and
 * 60 MB more memory for an upload. A buffer that is a part of a larger one is left alone.
 */
export function releaseBuffer({ buffer, byteLength }: Buffer): void {
  if (byteLength === buffer.byteLength && buffer instanceof ArrayBuffer) buffer.transfer(0)
}

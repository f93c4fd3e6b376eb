import { platform } from '#platform'
import { addSlices } from './add-slices.ts'
import type { compileSlices } from './compiled-slices.ts'
import { SLICE_BYTES, CRC32C_TABLE as TABLE } from './table.ts'

/** Minimum size for `addSlices`. The call costs more than it saves below it. */
const MIN_SLICED_BYTES = 2 * SLICE_BYTES
const IS_LITTLE_ENDIAN = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1

/**
 * CRC-32C (RFC 3720, appendix B.4) of `bytes` as an unsigned number. With the CRC of preceding bytes as the second
 * argument, the CRC of both.
 */
export const crc32c = fastestCrc32c()

/**
 * Returns the compiled CRC where possible. WebAssembly is little-endian, and some runtimes do not allow compilation.
 */
function fastestCrc32c(): typeof portableCrc32c {
  const { compileSlices } = platform
  if (compileSlices === null || !IS_LITTLE_ENDIAN) return portableCrc32c
  try {
    return createCompiledCrc32c(compileSlices)
  } catch {
    return portableCrc32c
  }
}

/** Computes the CRC in JavaScript. */
export function portableCrc32c(bytes: Uint8Array, previous = 0): number {
  const { length, byteOffset, buffer } = bytes
  if (!IS_LITTLE_ENDIAN || length < MIN_SLICED_BYTES) return ~addBytes(bytes, ~previous) >>> 0
  const aligned = (4 - (byteOffset & 3)) & 3
  const slices = Math.floor((length - aligned) / SLICE_BYTES)
  const before = addBytes(bytes.subarray(0, aligned), ~previous)
  const crc = addSlices(new Int32Array(buffer, byteOffset + aligned, slices * 4), before)
  return ~addBytes(bytes.subarray(aligned + slices * SLICE_BYTES), crc) >>> 0
}

/** Creates a CRC function that uses compiled WebAssembly. Throws when the platform does not allow compilation. */
export function createCompiledCrc32c(compile: typeof compileSlices): typeof portableCrc32c {
  const addCompiled = compile()
  return (bytes, previous = 0) => {
    const slicedBytes = bytes.length - (bytes.length % SLICE_BYTES)
    const crc = addCompiled(bytes.subarray(0, slicedBytes), ~previous)
    return ~addBytes(bytes.subarray(slicedBytes), crc) >>> 0
  }
}

function addBytes(bytes: Uint8Array, before: number): number {
  let crc = before
  for (let index = 0; index < bytes.length; index++) {
    crc = (crc >>> 8) ^ (TABLE[(crc ^ (bytes[index] as number)) & 255] as number)
  }
  return crc
}

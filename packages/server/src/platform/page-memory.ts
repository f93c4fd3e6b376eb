/** Unit of positions, lengths and addresses of direct writes: a multiple of the sectors of every disk. */
export const PAGE_BYTES = 4096

/** Size of a page of WebAssembly. */
const WASM_PAGE_BYTES = 64 * 1024

/** The part of WebAssembly that is used here. Only TypeScript's browser types declare it. */
declare const WebAssembly: {
  readonly Memory: new (pages: { initial: number; maximum: number }) => { readonly buffer: ArrayBuffer }
}

const memories = new WeakSet<ArrayBufferLike>()

/**
 * Returns memory that begins at a page; null where the system refuses it. A buffer of Node has any address. Memory of
 * WebAssembly begins at a page, and the system provides each page when it is first used.
 */
export function allocatePages(bytes: number): Buffer | null {
  const pages = Math.ceil(bytes / WASM_PAGE_BYTES)
  try {
    const { buffer } = new WebAssembly.Memory({ initial: pages, maximum: pages })
    memories.add(buffer)
    return Buffer.from(buffer, 0, bytes)
  } catch {
    // A limit of the address space of the process, or Node without a compiler.
    return null
  }
}

/** Returns true when the buffer is a number of complete pages of `allocatePages`. */
export function isPages({ buffer, byteOffset, length }: Buffer): boolean {
  return memories.has(buffer) && byteOffset % PAGE_BYTES === 0 && length % PAGE_BYTES === 0
}

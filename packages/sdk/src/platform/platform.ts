import type { compileSlices } from '../crc32c/compiled-slices.ts'
import type { ByteSource, Bytes } from '../source/byte-source.ts'

/**
 * Key–value store for the state of unfinished uploads. The values contain session URIs, which are credentials: other
 * users must not be able to read them.
 */
export interface SessionStore {
  get(key: string): Promise<string | null>
  set(key: string, text: string): Promise<void>
  remove(key: string): Promise<void>
}

/** Releases a lock. */
export type Release = () => void

/** Differences between Node and browsers. */
export interface Platform {
  /** True when `fetch` can send a stream as a request body without holding it in memory. */
  readonly streamsBodies: boolean
  /**
   * Compiles the CRC-32C of slices to WebAssembly; null for browsers: the Content Security Policy of many pages forbids
   * it and reports attempts.
   */
  readonly compileSlices: typeof compileSlices | null
  openPath(path: string | URL): Promise<ByteSource>
  /** Returns the SHA-256 of a source in hex; null when the platform cannot compute it in bounded memory. */
  sha256(source: ByteSource, signal: AbortSignal | undefined): Promise<string | null>
  /** Stores a complete stream outside of memory and returns it as a source. */
  spool(stream: AsyncIterable<Bytes>): Promise<ByteSource>
  /** Returns the default store, or null when the platform has none. */
  sessionStore(): SessionStore | null
  /**
   * Takes the lock of the stored upload `key`, so that it is not resumed twice at the same time. Returns null when the
   * lock is taken. A lock ends with the process or page that holds it.
   */
  tryLock(key: string): Promise<Release | null>
}

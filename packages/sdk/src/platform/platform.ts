import type { ByteSource, Bytes } from '../source/byte-source.ts'

/**
 * Keeps what is needed to go on with an upload: a text under each key. The texts hold session URIs, which are
 * credentials: nobody else may read them.
 */
export interface SessionStore {
  get(key: string): Promise<string | null>
  set(key: string, text: string): Promise<void>
  remove(key: string): Promise<void>
}

/** Gives a claim back. */
export type Release = () => void

/** In what Node and browsers differ. */
export interface Platform {
  /** Whether a request’s body can be a stream that `fetch` reads as the network takes it, without keeping it. */
  readonly streamsBodies: boolean
  /** Whether WebAssembly may be compiled; the security policy of many a page forbids it, and reports who tries. */
  readonly compilesModules: boolean
  openPath(path: string | URL): Promise<ByteSource>
  /** All of a stream, where it is not in memory. */
  gather(stream: AsyncIterable<Bytes>): Promise<ByteSource>
  /** Null where nothing can be kept. */
  sessionStore(): SessionStore | null
  /**
   * Claims the upload that is kept under `key`, so that two do not go on with it at once; null where somebody who can be
   * seen from here has it. A claim ends with whoever has it.
   */
  claim(key: string): Promise<Release | null>
}

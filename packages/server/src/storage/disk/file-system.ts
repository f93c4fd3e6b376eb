/**
 * All that the disk storage asks of a file system. What fails, fails with the `code` that the system gives, such as
 * `ENOENT`. Nothing is durable before its sync: bytes with the file's, names with their folder's.
 */
export interface FileSystem {
  open(path: string, mode: OpenMode): Promise<OpenFile>
  /** Gives the file one more name; fails with EEXIST where that stands already. */
  link(path: string, newPath: string): Promise<void>
  /** Takes the place of what stands there. */
  rename(path: string, newPath: string): Promise<void>
  /** Removes a file's name; none there is no error. */
  remove(path: string): Promise<void>
  /** Makes one folder, for this user alone; fails with EEXIST where the name stands already. */
  makeDirectory(path: string): Promise<void>
  /** The names in a folder, a few at a time. */
  list(path: string): AsyncIterable<string>
  stat(path: string): Promise<FileFacts>
  /** Returns the free bytes of the folder's disk that this user may use. */
  freeBytes(path: string): Promise<number>
}

/**
 * `read`: what stands there, a folder too. `write`: a file that stands there, anywhere in it. `create`: a new file,
 * EEXIST where there is one. `append`: a file that stands there, each write at its end, wherever that is by then;
 * `append-or-create`: or a new one; `append-new`: only a new one. All but the first read as well.
 */
export type OpenMode = 'read' | 'write' | 'create' | 'append' | 'append-or-create' | 'append-new'

export interface OpenFile {
  read(into: Buffer, offset: number, length: number, position: number): Promise<{ bytesRead: number }>
  /** At the end of a file that was opened to append. Like `writev` it may take fewer bytes than there are. */
  write(bytes: Buffer): Promise<{ bytesWritten: number }>
  writev(buffers: readonly Buffer[], position: number): Promise<{ bytesWritten: number }>
  truncate(bytes: number): Promise<void>
  stat(): Promise<FileFacts>
  /** Makes the file's bytes and its length durable; its name is its folder's. */
  datasync(): Promise<void>
  /** Makes a folder's names durable. */
  sync(): Promise<void>
  close(): Promise<void>
}

export interface FileFacts {
  readonly size: number
  /** How many names it has. */
  readonly nlink: number
  readonly mtimeMs: number
}

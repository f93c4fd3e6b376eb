/**
 * File system operations that the disk storage needs. Errors have the `code` of the operating system, such as `ENOENT`.
 * Bytes are durable after a sync of their file, names after a sync of their directory.
 */
export interface FileSystem {
  open(path: string, mode: OpenMode): Promise<OpenFile>
  /** Adds a second name to the file. Fails with EEXIST when `newPath` exists. */
  link(path: string, newPath: string): Promise<void>
  /** Renames the file; replaces an existing file at `newPath`. */
  rename(path: string, newPath: string): Promise<void>
  /** Removes a name of the file; does nothing when it is missing. */
  remove(path: string): Promise<void>
  /** Creates one directory, accessible to this user only. Fails with EEXIST when the name exists. */
  makeDirectory(path: string): Promise<void>
  /** Streams the names in a directory. */
  list(path: string): AsyncIterable<string>
  stat(path: string): Promise<FileFacts>
  exists(path: string): Promise<boolean>
  /** Returns the free bytes of the directory's disk that this user may use. */
  freeBytes(path: string): Promise<number>
}

/**
 * Modes for existing files: `read` (also directories), `write` at any position, and `append`, where every write goes to
 * the current end. Modes for new files, which fail with EEXIST when the name exists: `create` and `append-new`.
 * `append-or-create` opens an existing file or creates one. All modes allow reads.
 */
export type OpenMode = 'read' | 'write' | 'create' | 'append' | 'append-or-create' | 'append-new'

export interface OpenFile {
  read(into: Buffer, offset: number, length: number, position: number): Promise<{ bytesRead: number }>
  /** Writes at the end of a file that was opened to append. May write fewer bytes than given, as `writev` may. */
  write(bytes: Buffer): Promise<{ bytesWritten: number }>
  /** `isDirect` is true when the bytes are on the disk, though not durable, and no sync has to write them. */
  writev(buffers: readonly Buffer[], position: number): Promise<{ bytesWritten: number; isDirect?: boolean }>
  truncate(bytes: number): Promise<void>
  stat(): Promise<FileFacts>
  /** Makes the bytes and the length of the file durable, but not its name. */
  datasync(): Promise<void>
  /** Makes the names in a directory durable. */
  sync(): Promise<void>
  close(): Promise<void>
}

export interface FileFacts {
  readonly size: number
  /** Number of names of the file. */
  readonly nlink: number
  readonly mtimeMs: number
}

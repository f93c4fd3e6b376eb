import type { File, FilePurpose } from '../../domain/files/file.ts'
import type { ListOrder, ListPosition, Page, PageRequest } from '../../domain/page.ts'

export interface FileListRequest extends PageRequest {
  readonly order: ListOrder
  /** Position that the page ends before; null for the usual page. With `after` null, the nearest entries. */
  readonly before: ListPosition | null
  /** Label of the files, null for `user_data`; `all` for every file. */
  readonly purpose: FilePurpose | null | 'all'
  /** Files whose time is over by then are left out. */
  readonly nowMs: number
}

export interface FileRecords {
  /**
   * Adds the file of an unfinished session, converts its reservation into usage, and forgets the storage's handle of
   * the upload. Returns the registered file: this one, or an earlier one with the same id. Returns null when the
   * session was cancelled or expired, or the file was deleted.
   */
  register(organizationId: string, file: File): Promise<File | null>
  /**
   * Adds files of a direct upload, all or none, and converts their reservation, if there is one, into usage; returns
   * false when the quota does not allow them.
   * Throws SERVICE_UNAVAILABLE when the object of a file is disowned because the request took longer than a day.
   */
  add(organizationId: string, files: readonly File[], reservationId: string | null): Promise<boolean>
  find(organizationId: string, fileId: string): Promise<File | null>
  /** Returns the position of a file in the list, also of a deleted one. */
  findPosition(organizationId: string, fileId: string): Promise<ListPosition | null>
  /** Lists files by time, then id. `total` counts all files of the organization. */
  list(organizationId: string, request: FileListRequest): Promise<Page<File>>
  /** Marks a file as deleted and releases its space. Returns the file; null when there is none. */
  delete(organizationId: string, fileId: string, nowMs: number): Promise<File | null>
}

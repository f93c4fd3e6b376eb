import type { AuditEvent } from '../../domain/access/audit-event.ts'
import type { AnnouncedContent, File, FilePurpose } from '../../domain/files/file.ts'
import type { FileFilter, FilePosition, FileSort } from '../../domain/files/file-list.ts'
import type { ListOrder, ListPosition, Page, PageRequest } from '../../domain/page.ts'

export interface FileListRequest extends PageRequest {
  readonly order: ListOrder
  /** Position that the page ends before; null for the usual page. With `after` null, the nearest entries. */
  readonly before: ListPosition | null
  /** Label of the files, null for `user_data`; `all` for every file. */
  readonly purpose: FilePurpose | null | 'all'
  /** Files outside the trash, or in it. */
  readonly state: 'live' | 'trashed'
  /** Files whose time is over by then are left out. */
  readonly nowMs: number
}

export interface FileSearchRequest {
  readonly filter: FileFilter
  readonly sort: FileSort
  readonly order: ListOrder
  readonly limit: number
  /** Position after which the page begins; null for the start of the list. */
  readonly after: FilePosition | null
  /** Files whose time is over by then are left out. */
  readonly nowMs: number
}

export interface FileSearchPage {
  /** At most `limit` Files; fewer, or none, also before the end of the list, when a page would read too many others. */
  readonly items: readonly File[]
  /** Position after which the next page begins; null at the end of the list. */
  readonly next: FilePosition | null
}

export interface FolderPage {
  /** Paths of folders directly in a folder, in byte order of their keys. */
  readonly paths: readonly string[]
  readonly hasMore: boolean
}

/** New properties of a File; an absent one stays. */
export type FileChanges = Partial<Pick<File, 'filename' | 'path' | 'metadata'>>
/** Files that a deletion applies to: outside the trash, everywhere, or in the trash since before a time. */
export type Deletable = 'live' | 'all' | { readonly trashedBeforeMs: number }

export interface FileRecords {
  /**
   * Adds the file of an unfinished session, converts its reservation into usage, and forgets the storage's handle of
   * the upload. Returns the registered file: this one, or an earlier one with the same id. Returns null when the
   * session was cancelled or expired, its content was refused, or the file was deleted. Adds `event`, whose target is the
   * file, to the audit when this file is added.
   */
  register(organizationId: string, file: File, event?: AuditEvent): Promise<File | null>
  /**
   * Adds files of a direct upload, all or none, and converts their reservation, if there is one, into usage; returns
   * false when the quota does not allow them. Adds `event` to the audit when the files are added.
   * Throws SERVICE_UNAVAILABLE when the object of a file is disowned because the request took longer than a day.
   */
  add(
    organizationId: string,
    files: readonly File[],
    reservationId: string | null,
    event?: AuditEvent,
  ): Promise<boolean>
  /** Returns a file outside the trash. */
  find(organizationId: string, fileId: string): Promise<File | null>
  /** Returns a file in the trash. */
  findTrashed(organizationId: string, fileId: string): Promise<File | null>
  /** Returns the position of a file in the list, also of a deleted one. */
  findPosition(organizationId: string, fileId: string): Promise<ListPosition | null>
  /** Lists files by time, then id. `total` counts all files outside the trash. */
  list(organizationId: string, request: FileListRequest): Promise<Page<File>>
  /** Lists files that match the filter. Each page reads a bounded number of entries. */
  search(organizationId: string, request: FileSearchRequest): Promise<FileSearchPage>
  /**
   * Lists the folders directly in the folder `path` that have files in them or below them, from the one after the folder
   * `after`. The cost does not grow with what is below them. A folder whose files are all over may be listed until a job
   * has deleted them.
   */
  listFolders(organizationId: string, path: string, after: string | null, limit: number): Promise<FolderPage>
  /** Renames and moves a file, and replaces its metadata. Returns the file; null when there is none. */
  update(organizationId: string, fileId: string, changes: FileChanges): Promise<File | null>
  /**
   * Adds at most `limit` files of all organizations to the indexes of `search`, which reads the others one by one until
   * then. Returns their number.
   */
  indexForSearch(limit: number): Promise<number>
  /**
   * Marks a file as deleted, removes it from its vector stores and releases its space. Applies to files outside the
   * trash unless `deletable` says otherwise. Returns the file; null when there is none.
   */
  delete(organizationId: string, fileId: string, nowMs: number, deletable?: Deletable): Promise<File | null>
  /** Moves a file to the trash and removes it from its vector stores. Returns the file; null when there is none. */
  trash(organizationId: string, fileId: string, nowMs: number): Promise<File | null>
  /** Moves a file out of the trash, unless its time is over. Returns the file; null when there is none. */
  restore(organizationId: string, fileId: string, nowMs: number): Promise<File | null>
  /** Returns the file with this content that was uploaded first, without damaged ones and those whose time is over. */
  findByContent(organizationId: string, content: AnnouncedContent, nowMs: number): Promise<File | null>
  /**
   * Records that the object of a file is damaged, unless that is known, and the objects of all files that share its bytes.
   * Does nothing for another object than the file's.
   */
  markDamaged(
    organizationId: string,
    fileId: string,
    object: { readonly name: string; readonly generation: string | null },
    nowMs: number,
  ): Promise<void>
  /** Records that the object of a file is sound, unless it was found damaged at `verifiedFromMs` or later. */
  markSound(organizationId: string, fileId: string, verifiedFromMs: number): Promise<void>
  /** Returns up to `limit` damaged files of all organizations, those that were found first. */
  listDamaged(limit: number): Promise<File[]>
}

import type { File } from '../../domain/files/file.ts'
import type { ListPosition, Page, PageRequest } from './page.ts'

export interface FileRecords {
  /**
   * Adds the file of an unfinished session and turns its reservation into use. The file that stands under the
   * id afterwards: this one, or the one that was registered first; null where neither can be, because
   * the session was cancelled or the file deleted. What the storage knew the upload by is forgotten.
   */
  register(organizationId: string, file: File): Promise<File | null>
  /**
   * Adds files of a direct upload, all or none, and converts their reservation, if there is one, into usage; returns
   * false when the quota does not allow them.
   * Throws SERVICE_UNAVAILABLE when one's object is disowned, because its request has taken longer than a day.
   */
  add(organizationId: string, files: readonly File[], reservationId: string | null): Promise<boolean>
  find(organizationId: string, fileId: string): Promise<File | null>
  /** Also a deleted one's place in the list. */
  findPosition(organizationId: string, fileId: string): Promise<ListPosition | null>
  /** Newest first. */
  list(organizationId: string, page: PageRequest): Promise<Page<File>>
  /** Marks it deleted and gives its space back; the file, or null when there is none. */
  delete(organizationId: string, fileId: string, nowMs: number): Promise<File | null>
}

import type { Page } from '../../domain/page.ts'
import type { IndexingPace } from '../../domain/vector-stores/estimate-completion.ts'
import type { FileBatch } from '../../domain/vector-stores/file-batch.ts'
import type { AccessMode } from '../../domain/vector-stores/store-access.ts'
import type {
  Attributes,
  ChunkingStrategy,
  IndexingStep,
  LogEntry,
  StoreFile,
  StoreFileError,
  StoreFileStatus,
} from '../../domain/vector-stores/store-file.ts'
import type { Metadata, StorePlace, VectorStore } from '../../domain/vector-stores/vector-store.ts'
import type { Task } from './tasks.ts'

/** Kind of the tasks that index a file of a store. Their key is the id of the association. */
export const INDEXING_TASK = 'index-file'
/** Kind of the tasks that index a file with scanned pages. They replace its first task, and wait for OCR apart from it. */
export const OCR_TASK = 'ocr-file'

/** Caller as the access rules see it. A store that it may not see is absent in every method. */
export interface StoreViewer {
  readonly organizationId: string
  /** Id of the caller's key or user; null for the operator. */
  readonly actorId: string | null
  /** True for admins and the operator, who see private stores of others too. */
  readonly seesAll: boolean
}

/** Part of a list. The cost does not grow with depth when a position is given. */
export interface CursorRequest {
  readonly limit: number
  readonly skip: number
  readonly order: 'asc' | 'desc'
  /** Entries strictly after, or before, a position; both null for the start of the list. */
  readonly after: Position | null
  readonly before: Position | null
}

/** Position in a list that is ordered by time, then id. */
export interface Position {
  readonly timeMs: number
  readonly id: string
}

export interface VectorStoreListRequest extends CursorRequest {
  readonly search: string | null
  readonly accessMode: AccessMode | null
  readonly sort: 'createdAt' | 'updatedAt' | 'name' | 'dataBytes' | 'fileCount'
}

/** A change of the access has all three of its fields. */
export type VectorStoreChange = Partial<
  Pick<
    VectorStore,
    | 'name'
    | 'description'
    | 'accessMode'
    | 'accessDepartments'
    | 'accessUsers'
    | 'metadata'
    | 'expiresAfterDays'
  >
>

export interface NewVectorStoreRecord {
  readonly id: string
  readonly name: string
  readonly description: string | null
  readonly accessMode: AccessMode
  /** Absent: none. */
  readonly accessDepartments?: readonly string[]
  readonly accessUsers?: readonly string[]
  readonly createdBy: string
  readonly metadata: Metadata
  readonly expiresAfterDays: number | null
}

export interface FileToAdd {
  /** Id of the association, used when it is new. */
  readonly id: string
  readonly fileId: string
  readonly attributes: Attributes | null
  readonly chunking: ChunkingStrategy | null
}

export interface AddFiles {
  readonly storeId: string
  readonly files: readonly FileToAdd[]
  readonly addedByApiKeyId: string | null
  readonly addedBy: string | null
  /** Id of the batch to create with these files; null for none. */
  readonly batchId: string | null
  readonly nowMs: number
}

/** Stores, their files and batches. The methods that change a file of a store give it the next `seq` of the store. */
export interface VectorStoreRecords {
  /** Adds a store with its files in one transaction; see `addFiles` for them. */
  create(
    viewer: StoreViewer,
    store: NewVectorStoreRecord,
    files: readonly FileToAdd[],
    nowMs: number,
  ): Promise<VectorStore>
  find(viewer: StoreViewer, storeId: string): Promise<VectorStore | null>
  /** Returns the position of a store in lists by creation time, also of a deleted one; null when the id never existed. */
  findPosition(viewer: StoreViewer, storeId: string): Promise<Position | null>
  list(viewer: StoreViewer, request: VectorStoreListRequest): Promise<Page<VectorStore>>
  /** Changes a store and counts as activity. Returns null when there is none, or it has expired. */
  update(
    viewer: StoreViewer,
    storeId: string,
    change: VectorStoreChange,
    nowMs: number,
  ): Promise<VectorStore | null>
  /** Records activity, at most once a minute for a store. */
  touch(viewer: StoreViewer, storeIds: readonly string[], nowMs: number): Promise<void>
  /** Deletes a store with its files, batches, documents and waiting tasks. Returns false when there is none. */
  delete(viewer: StoreViewer, storeId: string, nowMs: number): Promise<boolean>
  /** Returns the number of stores, files and bytes that the viewer sees. */
  sumUsage(
    viewer: StoreViewer,
  ): Promise<{ readonly stores: number; readonly files: number; readonly bytes: number }>

  /**
   * Adds files to a store, with a task for each that needs indexing, in one transaction. A file that is there already
   * keeps its association: new attributes replace the earlier ones, and a new strategy or an earlier failure indexes it
   * again while its chunks go on answering. A file that does not exist becomes a `failed` entry with `invalid_file`.
   * Counts as activity. Returns the associations in the order of `files`. Throws VECTOR_STORE_NOT_FOUND when there is no
   * such store, or it has expired.
   */
  addFiles(viewer: StoreViewer, request: AddFiles): Promise<StoreFile[]>
  /** Finds a file of a store by the id of the File or of the association. */
  findFile(viewer: StoreViewer, storeId: string, fileId: string): Promise<StoreFile | null>
  /** Returns the File in the store that indexed it last, with the revision that searches find; null when none has. */
  findIndexedFile(viewer: StoreViewer, fileId: string): Promise<StoreFile | null>
  /** Position in the store's list of files, also of one removed in the last 24 hours. */
  findFilePosition(viewer: StoreViewer, storeId: string, fileId: string): Promise<Position | null>
  listFiles(
    viewer: StoreViewer,
    storeId: string,
    request: CursorRequest & {
      readonly statuses: readonly StoreFileStatus[]
      readonly batchId: string | null
    },
  ): Promise<Page<StoreFile>>
  updateAttributes(
    viewer: StoreViewer,
    storeId: string,
    fileId: string,
    attributes: Attributes,
    nowMs: number,
  ): Promise<StoreFile | null>
  /** Removes a file from a store, with its task. Returns false when it is not there. */
  removeFile(viewer: StoreViewer, storeId: string, fileId: string, nowMs: number): Promise<boolean>
  /** Indexes a file again that is not in progress. Returns the association as it then is; null when there is none. */
  retryFile(
    viewer: StoreViewer,
    storeId: string,
    fileId: string,
    keepsError: boolean,
    nowMs: number,
  ): Promise<StoreFile | null>
  listLog(viewer: StoreViewer, storeId: string, fileId: string, limit: number): Promise<LogEntry[]>

  findBatch(viewer: StoreViewer, storeId: string, batchId: string): Promise<FileBatch | null>
  /** Cancels the files of a batch that are in progress, with their tasks. Without any, the batch stays as it is. */
  cancelBatch(viewer: StoreViewer, storeId: string, batchId: string, nowMs: number): Promise<FileBatch | null>

  /** Methods for the worker that indexes files, and for the search index. They see every store of the organization. */
  readonly indexing: IndexingRecords
}

/** State of indexing. Methods with a task do nothing and return false when its lease was lost or its file is gone. */
export interface IndexingRecords {
  /** Marks the file as `processing` and returns it; null when it is no longer to be indexed. */
  begin(task: Task, nowMs: number): Promise<StoreFile | null>
  progress(task: Task, step: IndexingStep, percent: number): Promise<boolean>
  /** Replaces the task by one of the kind `OCR_TASK`, which has not begun: the file waits again. Adds an entry to the log. */
  deferToOcr(task: Task, log: LogEntry): Promise<boolean>
  /** Stores a part of a document that no search sees before `complete`; at most 256 KiB. */
  addDocumentPart(task: Task, revision: string, part: number, bytes: Uint8Array): Promise<boolean>
  /** Makes a revision the one that searches find, deletes the parts of others, and ends the task, in one transaction. */
  complete(task: Task, result: IndexedResult): Promise<boolean>
  /**
   * Ends the task with an error. The file fails and its earlier chunks are removed; but after a `server_error`, which
   * says nothing about the file, an earlier revision stays, and the file is completed with it.
   */
  fail(task: Task, error: StoreFileError, nowMs: number): Promise<boolean>
  /** Does what `fail` does, but keeps the task as a dead letter with the cause, for the operator. */
  giveUp(task: Task, cause: string, error: StoreFileError, nowMs: number): Promise<boolean>
  addLog(task: Task, entry: LogEntry): Promise<void>
  /**
   * Returns the pace at which files of an organization are indexed, with the places of these associations among its first
   * 10,000 waiting files. Its mean time is that of up to 100 files of all organizations that were completed with this
   * model after `sinceMs`.
   */
  readPace(
    organizationId: string,
    storeFileIds: readonly string[],
    recent: { readonly model: string | null; readonly sinceMs: number },
  ): Promise<IndexingPace>

  /** Returns at most `limit` changes of a store after `seq`, in order, each file once with its present state. */
  changesAfter(store: StorePlace, seq: number, limit: number): Promise<FileChanges>
  /**
   * Returns the parts of a document in order, one at a time. Throws FILE_NOT_IN_STORE when the revision is not, or no
   * longer, the one that searches find.
   */
  readDocument(store: StorePlace, fileId: string, revision: string): AsyncIterable<Uint8Array>
  /** Returns which of these files are in the store now, with the revision that searches find. */
  findLive(store: StorePlace, fileIds: readonly string[]): Promise<ReadonlyMap<string, LiveFile>>

  /** Returns true when a file of the store has chunks without vectors of the model. */
  lacksVectors(store: StorePlace, model: string): Promise<boolean>
  /** Returns up to `limit` completed files that lack vectors of the model, and were completed before `beforeMs`. */
  listLackingVectors(model: string, beforeMs: number, limit: number): Promise<readonly FilePlace[]>

  /** Deletes up to `limit` each of tombstones, logs, batches, expired stores and parts without a file, older than they are kept. */
  forget(nowMs: number, limit: number): Promise<number>
  /** Expires up to `limit` stores that are due: removes their files and keeps the record. Returns their ids. */
  expireStores(nowMs: number, limit: number): Promise<readonly string[]>
}

export interface IndexedResult {
  readonly revision: string
  readonly parts: number
  readonly chunkCount: number
  readonly usageBytes: number
  readonly embeddingModel: string | null
  readonly nowMs: number
  /** Entry of the log that is added in the same transaction; null for none. */
  readonly log: LogEntry | null
}

/** File of a store of an organization. */
export interface FilePlace extends StorePlace {
  readonly fileId: string
}

export interface FileChanges {
  readonly changes: readonly FileChange[]
  /** Position that is reached with these changes: the store's current `seq`, unless there are more. */
  readonly seq: number
  readonly hasMore: boolean
  /** False when changes after `seq` are forgotten, or `seq` is in the future: the index then compares all files. */
  readonly isComplete: boolean
}

export interface FileChange {
  readonly seq: number
  readonly fileId: string
  /** Revision that searches find; null when the file was removed or was never completed. */
  readonly revision: string | null
  readonly attributes: Attributes
}

export interface LiveFile {
  readonly revision: string | null
  readonly filename: string
  readonly attributes: Attributes
}

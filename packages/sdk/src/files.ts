import type { Api } from './api.ts'
import type {
  CreateUploadUrlAnswer,
  CreateUploadUrlBody,
  GetFileContentAnswer,
  ListFilesAnswer,
  ListFilesQuery,
  ListUploadsAnswer,
  OpenUpload,
  RegisterFileBody,
  WaybillFile,
} from './api-types.ts'
import { type Download, type DownloadOptions, downloadFile } from './download-file.ts'
import type { CallOptions } from './organizations.ts'
import { type Listed, listed } from './pages.ts'
import type { Platform, SessionStore } from './platform/platform.ts'
import type { UploadSource } from './source/open-source.ts'
import { createPause } from './upload/pause.ts'
import { type UploadOptions, uploadFile } from './upload/upload-file.ts'

/** A running upload. Resolves with the file when it is registered. */
export interface Upload extends Promise<WaybillFile> {
  /**
   * Stops sending. Resolves when no request is running and the state of the upload is stored, so that the process may
   * end. A file that is sent in one request is not stopped during this request.
   */
  pause(): Promise<void>
  resume(): void
}

export interface Files {
  /** Sends a file of any size, verifies that all bytes arrived, and registers it. */
  upload(source: UploadSource, options?: UploadOptions): Upload
  /** Creates an upload session and returns its URL, for callers that send the bytes themselves. */
  createUploadUrl(body: CreateUploadUrlBody, options?: CallOptions): Promise<CreateUploadUrlAnswer>
  /** Registers the bytes that were sent to an upload URL as a file. Repeating the call has the same result. */
  register(body: RegisterFileBody, options?: CallOptions): Promise<WaybillFile>
  /** Lists the files, newest first. */
  list(query?: ListFilesQuery, options?: CallOptions): Listed<WaybillFile, ListFilesAnswer>
  get(fileId: string, options?: CallOptions): Promise<WaybillFile>
  delete(fileId: string, options?: CallOptions): Promise<void>
  /** Returns a download URL that is valid for one hour, without further authentication. */
  getContent(fileId: string, options?: CallOptions): Promise<GetFileContentAnswer>
  download(fileId: string, options?: DownloadOptions): Promise<Download>
  /** Lists the uploads that are not registered yet, newest first. */
  listUploads(query?: ListFilesQuery, options?: CallOptions): Listed<OpenUpload, ListUploadsAnswer>
  cancelUpload(fileId: string, options?: CallOptions): Promise<void>
}

export function createFiles(api: Api, platform: Platform, store: SessionStore | null): Files {
  const { call } = api
  const pathOf = (fileId: string) => `/files/${encodeURIComponent(fileId)}`
  const pages =
    <Page>(path: string, signal: AbortSignal | undefined) =>
    (query: ListFilesQuery) =>
      call<Page>({ method: 'GET', path, query, isIdempotent: true, signal })
  return {
    upload: (source, options = {}) => {
      const pause = createPause()
      const file = uploadFile(api, platform, store, source, options, pause)
      return Object.assign(file, { pause: pause.pause, resume: pause.resume })
    },
    createUploadUrl: (json, { signal } = {}) =>
      call({ method: 'POST', path: '/files/upload-url', json, isIdempotent: true, signal }),
    register: (json, { signal } = {}) =>
      call({ method: 'POST', path: '/files', json, isIdempotent: true, signal }),
    list: (query = {}, { signal } = {}) =>
      listed(query, pages<ListFilesAnswer>('/files', signal), ({ files }) => files, nextPage),
    get: (fileId, { signal } = {}) =>
      call({ method: 'GET', path: pathOf(fileId), isIdempotent: true, signal }),
    delete: (fileId, { signal } = {}) =>
      call({ method: 'DELETE', path: pathOf(fileId), isIdempotent: true, signal }),
    getContent: (fileId, { signal } = {}) =>
      call({ method: 'GET', path: `${pathOf(fileId)}/content`, isIdempotent: true, signal }),
    download: (fileId, options = {}) => downloadFile(api, fileId, options),
    listUploads: (query = {}, { signal } = {}) =>
      listed(query, pages<ListUploadsAnswer>('/files/uploads', signal), ({ uploads }) => uploads, nextPage),
    cancelUpload: (fileId, { signal } = {}) =>
      call({
        method: 'DELETE',
        path: `/files/uploads/${encodeURIComponent(fileId)}`,
        isIdempotent: true,
        signal,
      }),
  }
}

/** Returns the query of the next page. It uses the cursor, so that added and deleted files do not shift pages. */
function nextPage(page: ListFilesAnswer | ListUploadsAnswer, query: ListFilesQuery): ListFilesQuery | null {
  if (!page.has_more || page.next_cursor === null) return null
  const { page: _, ...rest } = query
  return { ...rest, after: page.next_cursor }
}

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

/** The file, once it is registered. */
export interface Upload extends Promise<WaybillFile> {
  /**
   * Stops sending; resolves when nothing is under way and what is needed to go on is kept, so that the process may also end.
   * What fits one request is not stopped in it.
   */
  pause(): Promise<void>
  resume(): void
}

export interface Files {
  /** Sends a file, whatever its size, checks that all of it arrived, and registers it. */
  upload(source: UploadSource, options?: UploadOptions): Upload
  /** The URL of a session, for whoever sends the bytes himself. */
  createUploadUrl(body: CreateUploadUrlBody, options?: CallOptions): Promise<CreateUploadUrlAnswer>
  /** Makes a file of what was sent to such a URL. The same call again has the same answer. */
  register(body: RegisterFileBody, options?: CallOptions): Promise<WaybillFile>
  /** Newest first. */
  list(query?: ListFilesQuery, options?: CallOptions): Listed<WaybillFile, ListFilesAnswer>
  get(fileId: string, options?: CallOptions): Promise<WaybillFile>
  delete(fileId: string, options?: CallOptions): Promise<void>
  /** A link that works for an hour, for everybody who has it. */
  getContent(fileId: string, options?: CallOptions): Promise<GetFileContentAnswer>
  download(fileId: string, options?: DownloadOptions): Promise<Download>
  /** The uploads that were begun and are not registered, newest first. */
  listUploads(query?: ListFilesQuery, options?: CallOptions): Listed<OpenUpload, ListUploadsAnswer>
  cancelUpload(fileId: string, options?: CallOptions): Promise<void>
}

export function createFiles(api: Api, platform: Platform, store: SessionStore | null): Files {
  const { call } = api
  const pathOf = (fileId: string) => `/files/${encodeURIComponent(fileId)}`
  const pages =
    <Page>(path: string, signal: AbortSignal | undefined) =>
    (query: ListFilesQuery) =>
      call<Page>({ method: 'GET', path, query, isRepeatable: true, signal })
  return {
    upload: (source, options = {}) => {
      const pause = createPause()
      const file = uploadFile(api, platform, store, source, options, pause)
      return Object.assign(file, { pause: pause.pause, resume: pause.resume })
    },
    createUploadUrl: (json, { signal } = {}) =>
      call({ method: 'POST', path: '/files/upload-url', json, isRepeatable: true, signal }),
    register: (json, { signal } = {}) =>
      call({ method: 'POST', path: '/files', json, isRepeatable: true, signal }),
    list: (query = {}, { signal } = {}) =>
      listed(query, pages<ListFilesAnswer>('/files', signal), ({ files }) => files, nextPage),
    get: (fileId, { signal } = {}) =>
      call({ method: 'GET', path: pathOf(fileId), isRepeatable: true, signal }),
    delete: (fileId, { signal } = {}) =>
      call({ method: 'DELETE', path: pathOf(fileId), isRepeatable: true, signal }),
    getContent: (fileId, { signal } = {}) =>
      call({ method: 'GET', path: `${pathOf(fileId)}/content`, isRepeatable: true, signal }),
    download: (fileId, options = {}) => downloadFile(api, fileId, options),
    listUploads: (query = {}, { signal } = {}) =>
      listed(query, pages<ListUploadsAnswer>('/files/uploads', signal), ({ uploads }) => uploads, nextPage),
    cancelUpload: (fileId, { signal } = {}) =>
      call({
        method: 'DELETE',
        path: `/files/uploads/${encodeURIComponent(fileId)}`,
        isRepeatable: true,
        signal,
      }),
  }
}

/** By cursor: what is added or deleted meanwhile moves no page. */
function nextPage(page: ListFilesAnswer | ListUploadsAnswer, query: ListFilesQuery): ListFilesQuery | null {
  if (!page.has_more || page.next_cursor === null) return null
  const { page: _, ...rest } = query
  return { ...rest, after: page.next_cursor }
}

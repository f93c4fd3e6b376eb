import type { Api, CallOptions } from './api.ts'
import type {
  CompleteDirectUploadAnswer,
  CompleteDirectUploadBody,
  CreateUploadUrlAnswer,
  CreateUploadUrlBody,
  GetFileContentAnswer,
  ListFilesAnswer,
  ListFilesQuery,
  ListUploadsAnswer,
  ListUploadsQuery,
  OpenUpload,
  RegisterFileBody,
  SignUploadPartsAnswer,
  SignUploadPartsBody,
  UpdateFileBody,
  WaybillFile,
} from './api-types.ts'
import { type Download, type DownloadOptions, downloadFile } from './download-file.ts'
import { type MoveFolderOptions, moveFolder } from './move-folder.ts'
import { type Listed, listed } from './pages.ts'
import type { Platform, SessionStore } from './platform/platform.ts'
import { createShareLinks, type ShareLinks } from './share-links.ts'
import type { UploadSource } from './source/open-source.ts'
import { createPause } from './upload/pause.ts'
import { type Upload, type UploadOptions, uploadFile } from './upload/upload-file.ts'

export interface Files {
  readonly links: ShareLinks
  /** Sends a file of any size, verifies that all bytes arrived, and registers it. */
  upload(source: UploadSource, options?: UploadOptions): Upload
  /**
   * Creates an upload session and returns its URL, for callers that send the bytes themselves. With the `sha256` of
   * content that the organization has stored already, returns its new File instead.
   */
  createUploadUrl<Sent extends CreateUploadUrlBody>(
    body: Sent,
    options?: CallOptions,
  ): Promise<CreateUploadUrlAnswer<Sent>>
  /** Registers the bytes that were sent to an upload URL as a file. Repeating the call has the same result. */
  register(body: RegisterFileBody, options?: CallOptions): Promise<WaybillFile>
  /**
   * Lists the files, newest first unless `sort` and `order` say otherwise, and only those that all filters match; with
   * `state: 'trashed'`, those in the trash. The folders of `delimiter` are in `pages()`.
   */
  list(query?: ListFilesQuery, options?: CallOptions): Listed<WaybillFile, ListFilesAnswer>
  get(fileId: string, options?: CallOptions): Promise<WaybillFile>
  /** Renames or moves a file, or replaces its metadata. Absent fields stay. */
  update(fileId: string, body: UpdateFileBody, options?: CallOptions): Promise<WaybillFile>
  /**
   * Gives a folder another path: moves the files in it and below it, a few at a time. Returns their number. After an error,
   * the same call moves the others, but not to a folder above where a file comes to lie in `from` again, such as from
   * `a/a` to `a` with `a/a/a`: it would move such a file twice. Files that have the same place then stay different files.
   */
  moveFolder(from: string, to: string, options?: MoveFolderOptions): Promise<number>
  /** Deletes a file permanently, also one in the trash. */
  delete(fileId: string, options?: CallOptions): Promise<void>
  /** Moves a file to the trash, where the service keeps it for some days. */
  trash(fileId: string, options?: CallOptions): Promise<void>
  /** Moves a file out of the trash. It does not return to its vector stores. */
  restore(fileId: string, options?: CallOptions): Promise<WaybillFile>
  /** Returns a download URL that is valid for one hour, without further authentication. */
  getContent(fileId: string, options?: CallOptions): Promise<GetFileContentAnswer>
  download(fileId: string, options?: DownloadOptions): Promise<Download>
  /** Lists the uploads that are not registered yet, newest first. */
  listUploads(query?: ListUploadsQuery, options?: CallOptions): Listed<OpenUpload, ListUploadsAnswer>
  cancelUpload(fileId: string, options?: CallOptions): Promise<void>
  /**
   * Returns URLs to which parts are sent with PUT, without a key, directly to the storage. For uploads with
   * `upload_type: 'parts'`.
   */
  signUploadParts(
    fileId: string,
    body: SignUploadPartsBody,
    options?: CallOptions,
  ): Promise<SignUploadPartsAnswer>
  /** Joins the parts that were sent, so that the file can be registered. Repeating the call has the same result. */
  completeDirectUpload(
    fileId: string,
    body: CompleteDirectUploadBody,
    options?: CallOptions,
  ): Promise<CompleteDirectUploadAnswer>
}

export function createFiles(api: Api, platform: Platform, store: SessionStore | null): Files {
  const { call } = api
  const pathOf = (fileId: string) => `/files/${encodeURIComponent(fileId)}`
  const uploadPathOf = (fileId: string) => `/files/uploads/${encodeURIComponent(fileId)}`
  const pages =
    <Page, Query extends ListUploadsQuery>(path: string, signal: AbortSignal | undefined) =>
    (query: Query) =>
      call<Page>({ method: 'GET', path, query, signal })
  const list: Files['list'] = (query = {}, { signal } = {}) =>
    listed(query, pages<ListFilesAnswer, ListFilesQuery>('/files', signal), ({ files }) => files, nextPage)
  const update: Files['update'] = (fileId, json, options) =>
    call({ method: 'PATCH', path: pathOf(fileId), json }, options)
  return {
    links: createShareLinks(api),
    upload: (source, options = {}) => {
      const pause = createPause()
      const file = uploadFile(api, platform, store, source, options, pause)
      return Object.assign(file, { pause: pause.pause, resume: pause.resume })
    },
    createUploadUrl: (json, options) =>
      call({ method: 'POST', path: '/files/upload-url', json, isIdempotent: true }, options),
    register: (json, options) => call({ method: 'POST', path: '/files', json, isIdempotent: true }, options),
    list,
    get: (fileId, options) => call({ method: 'GET', path: pathOf(fileId) }, options),
    update,
    moveFolder: (from, to, options = {}) => moveFolder({ list, update }, from, to, options),
    delete: (fileId, options) => call({ method: 'DELETE', path: pathOf(fileId) }, options),
    trash: (fileId, options) =>
      call({ method: 'DELETE', path: pathOf(fileId), query: { trash: true } }, options),
    restore: (fileId, options) =>
      call({ method: 'POST', path: `${pathOf(fileId)}/restore`, isIdempotent: true }, options),
    getContent: (fileId, options) => call({ method: 'GET', path: `${pathOf(fileId)}/content` }, options),
    download: (fileId, options = {}) => downloadFile(api, fileId, options),
    listUploads: (query = {}, { signal } = {}) =>
      listed(
        query,
        pages<ListUploadsAnswer, ListUploadsQuery>('/files/uploads', signal),
        ({ uploads }) => uploads,
        nextPage,
      ),
    cancelUpload: (fileId, options) => call({ method: 'DELETE', path: uploadPathOf(fileId) }, options),
    signUploadParts: (fileId, json, options) =>
      call({ method: 'POST', path: `${uploadPathOf(fileId)}/parts`, json, isIdempotent: true }, options),
    completeDirectUpload: (fileId, json, options) =>
      call({ method: 'POST', path: `${uploadPathOf(fileId)}/complete`, json, isIdempotent: true }, options),
  }
}

/** Returns the query of the next page. It uses the cursor, so that added and deleted files do not shift pages. */
function nextPage<Query extends ListUploadsQuery>(
  page: ListFilesAnswer | ListUploadsAnswer,
  query: Query,
): Omit<Query, 'page'> | null {
  if (!page.has_more || page.next_cursor === null) return null
  const { page: _, ...rest } = query
  return { ...rest, after: page.next_cursor }
}

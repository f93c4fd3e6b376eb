import { commonPrefix } from '../../domain/files/key-list.ts'
import { compareUtf8 } from '../../platform/utf8-order.ts'
import type { ListedUpload, UploadList } from './xml/multipart-documents.ts'

type Request = Readonly<Record<'prefix' | 'delimiter' | 'keyMarker' | 'uploadIdMarker', string>> &
  Pick<UploadList, 'maxUploads'>

/**
 * Returns a page of uploads, which are in the order of their keys and ids. Without `upload-id-marker` it begins after the
 * key of the marker, with it after that upload of the key.
 */
export function listUploads(
  uploads: readonly ListedUpload[],
  request: Request,
): Pick<UploadList, 'uploads' | 'commonPrefixes' | 'next'> {
  const { prefix, delimiter, maxUploads } = request
  const listed: ListedUpload[] = []
  const commonPrefixes: string[] = []
  let last: UploadList['next'] = null
  for (const upload of uploads) {
    const { key, uploadId } = upload
    if (!key.startsWith(prefix) || !isAfterMarker(upload, request)) continue
    const common = commonPrefix(key, prefix, delimiter)
    if (common !== null && (common === commonPrefixes.at(-1) || common === request.keyMarker)) continue
    if (listed.length + commonPrefixes.length === maxUploads)
      return { uploads: listed, commonPrefixes, next: last }
    if (common === null) listed.push(upload)
    else commonPrefixes.push(common)
    last = { keyMarker: common ?? key, uploadIdMarker: common === null ? uploadId : '' }
  }
  return { uploads: listed, commonPrefixes, next: null }
}

function isAfterMarker({ key, uploadId }: ListedUpload, { keyMarker, uploadIdMarker }: Request): boolean {
  if (keyMarker === '') return true
  const order = compareUtf8(key, keyMarker)
  return order > 0 || (order === 0 && uploadIdMarker !== '' && uploadId > uploadIdMarker)
}

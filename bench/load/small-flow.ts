import type { Waybill } from '../waybill.ts'
import type { Call } from './callers.ts'

const TYPE = 'application/octet-stream'
const JSON_TYPE = { 'content-type': 'application/json' }

export interface Uploaded {
  readonly filename: string
  readonly objectName: string
  readonly bytes: number
}

/** Sends upload-url and PUT; the upload is then ready to be registered. */
export async function uploadSmall(
  { filesUrl, apiKey }: Waybill,
  call: Call,
  filename: string,
  body: Buffer,
): Promise<Uploaded> {
  const created = await call({
    method: 'POST',
    path: `${new URL(filesUrl).pathname}/upload-url`,
    headers: { ...JSON_TYPE, 'x-api-key': apiKey },
    body: JSON.stringify({ filename, file_size: body.length, mime_type: TYPE }),
  })
  const { upload_url, gcs_path } = JSON.parse(created.text)
  const { pathname, search } = new URL(upload_url)
  await call({ method: 'PUT', path: pathname + search, body })
  return { filename, objectName: gcs_path, bytes: body.length }
}

/** Registers the upload with POST /files. */
export async function register({ filesUrl, apiKey }: Waybill, call: Call, uploaded: Uploaded): Promise<void> {
  const { filename, objectName, bytes } = uploaded
  await call({
    method: 'POST',
    path: new URL(filesUrl).pathname,
    headers: { ...JSON_TYPE, 'x-api-key': apiKey },
    body: JSON.stringify({ filename, gcs_path: objectName, file_size: bytes, mime_type: TYPE }),
  })
}

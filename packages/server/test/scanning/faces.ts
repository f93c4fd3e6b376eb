import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  PutObjectCommand,
  type S3Client,
  S3ServiceException,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import { createClient, putObject } from '../api/client.ts'
import { exchange } from '../api/exchange.ts'
import { uploadRequests } from '../openai/upload-requests.ts'
import type { S3TestApp } from '../s3/start-s3-app.ts'

/** Answer to the request that makes a File visible. */
export interface FaceAnswer {
  readonly status: number
  readonly retryAfter: string | undefined
}

/** Prepares an upload; returns the request that makes its File visible, which a client may repeat. */
export type Face = (app: S3TestApp, filename: string, content: string) => Promise<() => Promise<FaceAnswer>>

const TUS = { 'tus-resumable': '1.0.0' }
const sha256Of = (content: string) => createHash('sha256').update(content).digest('hex')

async function send(url: string, method: string, headers: Record<string, string>, body?: Uint8Array) {
  const { origin, pathname, search } = new URL(url)
  const answer = await exchange(origin, method, pathname + search, headers, body)
  return { ...answer, retryAfter: answer.headers['retry-after'] }
}

async function sendForm(
  url: string,
  headers: Record<string, string>,
  fields: Record<string, string | Blob>,
  filename: string,
) {
  const form = new FormData()
  for (const [name, value] of Object.entries(fields)) {
    if (typeof value === 'string') form.append(name, value)
    else form.append(name, value, filename)
  }
  const response = await fetch(url, { method: 'POST', headers, body: form })
  await response.text()
  return { status: response.status, retryAfter: response.headers.get('retry-after') ?? undefined }
}

async function ofS3(work: () => Promise<unknown>): Promise<FaceAnswer> {
  try {
    await work()
    return { status: 200, retryAfter: undefined }
  } catch (error) {
    assert.ok(error instanceof S3ServiceException, String(error))
    const status = error.$metadata.httpStatusCode ?? 0
    return { status, retryAfter: error.$response?.headers['retry-after'] }
  }
}

const putS3 = (client: S3Client, Bucket: string, Key: string, Body: string) =>
  client.send(new PutObjectCommand({ Bucket, Key, Body, ContentType: 'text/plain' }))

const withKey = ({ apiKey }: S3TestApp) => ({ 'x-api-key': apiKey })

/** The request opens a session; bytes and their last request come together. */
const openUrl = async (app: S3TestApp, filename: string, content: string, fields: object) => {
  const answer = await createClient(app).post('/files/upload-url', {
    ...{ filename, file_size: content.length, mime_type: 'text/plain' },
    ...fields,
  })
  assert.equal(answer.status, 200, answer.bytes.toString())
  return JSON.parse(answer.bytes.toString()).upload_url as string
}

export const registration: Face = async (app, filename, content) => {
  const client = createClient(app)
  const bytes = Buffer.from(content)
  const { register } = await client.storeObject({ filename, mimeType: 'text/plain', bytes })
  return () =>
    send(
      `${app.baseUrl}/files`,
      'POST',
      { ...withKey(app), 'content-type': 'application/json' },
      Buffer.from(JSON.stringify(register)),
    )
}

export const autoRegistration: Face = async (app, filename, content) => {
  const url = await openUrl(app, filename, content, { auto_register: true })
  return async () => {
    const answer = await putObject(url, Buffer.from(content))
    return { status: answer.status, retryAfter: answer.headers['retry-after'] }
  }
}

export const directUpload: Face = async (app, filename, content) => () =>
  sendForm(
    `${app.baseUrl}/files/upload`,
    withKey(app),
    { file: new Blob([content], { type: 'text/plain' }) },
    filename,
  )

/** Each way to a File. */
export const FACES: Readonly<Record<string, Face>> = {
  'a registration': registration,

  'an upload URL that registers by itself': autoRegistration,

  'a direct upload': directUpload,

  'a file of OpenAI': async (app, filename, content) => () =>
    sendForm(
      `${app.url}/v1/files`,
      { authorization: `Bearer ${app.apiKey}` },
      { purpose: 'user_data', file: new Blob([content], { type: 'text/plain' }) },
      filename,
    ),

  'an upload of OpenAI': async (app, filename, content) => {
    const uploads = uploadRequests(app)
    const { id } = await uploads.create({ filename, bytes: content.length })
    const part = await uploads.add(id, content)
    return () =>
      send(
        `${app.url}/v1/uploads/${id}/complete`,
        'POST',
        { authorization: `Bearer ${app.apiKey}`, 'content-type': 'application/json' },
        Buffer.from(JSON.stringify({ part_ids: [part] })),
      )
  },

  tus: async (app, filename, content) => {
    const created = await send(`${app.baseUrl}/files/tus`, 'POST', {
      ...TUS,
      ...withKey(app),
      'upload-length': String(content.length),
      'upload-metadata': `filename ${Buffer.from(filename).toString('base64')},filetype ${Buffer.from('text/plain').toString('base64')}`,
    })
    assert.equal(created.status, 201)
    let isSent = false
    return async () => {
      const url = String(created.headers.location)
      // A client asks for the offset after a failed request, and sends what is missing: nothing.
      const offset = isSent ? content.length : 0
      const body = Buffer.from(content.slice(offset))
      isSent = true
      const headers = {
        ...TUS,
        'upload-offset': String(offset),
        'content-type': 'application/offset+octet-stream',
      }
      return send(url, 'PATCH', headers, body)
    }
  },

  'a resumable upload of the IETF': async (app, filename, content) => {
    const created = await send(`${app.baseUrl}/files/resumable`, 'POST', {
      ...withKey(app),
      'upload-complete': '?0',
      'upload-length': String(content.length),
      'upload-draft-interop-version': '8',
      'content-type': 'text/plain',
      'content-disposition': `attachment; filename="${filename}"`,
    })
    assert.equal(created.status, 201, created.bytes.toString())
    let isSent = false
    return async () => {
      const url = String(created.headers.location)
      const offset = isSent ? content.length : 0
      isSent = true
      return send(
        url,
        'PATCH',
        {
          ...{ 'upload-offset': String(offset), 'upload-complete': '?1' },
          ...{ 'content-type': 'application/partial-upload', 'upload-draft-interop-version': '8' },
        },
        Buffer.from(content.slice(offset)),
      )
    }
  },

  'an object of S3':
    async ({ client, bucket }, filename, content) =>
    () =>
      ofS3(() => putS3(client, bucket, filename, content)),

  'a multipart upload of S3': async ({ client, bucket: Bucket }, Key, content) => {
    const { UploadId } = await client.send(
      new CreateMultipartUploadCommand({ Bucket, Key, ContentType: 'text/plain' }),
    )
    const { ETag } = await client.send(
      new UploadPartCommand({ Bucket, Key, UploadId, PartNumber: 1, Body: content }),
    )
    const MultipartUpload = { Parts: [{ ETag, PartNumber: 1 }] }
    return () =>
      ofS3(() => client.send(new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload })))
  },

  'a copy of S3': async ({ client, bucket: Bucket }, Key, content) => {
    await putS3(client, Bucket, `source-of-${Key}`, content)
    return () =>
      ofS3(() =>
        client.send(new CopyObjectCommand({ Bucket, Key, CopySource: `${Bucket}/source-of-${Key}` })),
      )
  },

  'an instant upload': async (app, filename, content) => {
    const source = await directUpload(app, `source-of-${filename}`, content)
    assert.equal((await source()).status, 201)
    const request = {
      filename,
      file_size: content.length,
      mime_type: 'text/plain',
      sha256: sha256Of(content),
    }
    return () =>
      send(
        `${app.baseUrl}/files/upload-url`,
        'POST',
        { ...withKey(app), 'content-type': 'application/json' },
        Buffer.from(JSON.stringify(request)),
      )
  },
}

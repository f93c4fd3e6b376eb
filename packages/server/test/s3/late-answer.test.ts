import assert from 'node:assert/strict'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { ClientRequest } from 'node:http'
import { after, before, describe, it } from 'node:test'
import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import { ServiceError } from '../../src/domain/errors.ts'
import { type S3TestApp, startS3App } from './start-s3-app.ts'

const RESPONSE = 'http.client.response.finish'

/** Resolves when a client of this process has the head of the response to the completion of an upload. */
function headOfResponse(uploadId: string): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const notice = (message: unknown) => {
    const { request } = message as { readonly request: ClientRequest }
    if (request.method === 'POST' && request.path.includes(uploadId)) resolve()
  }
  subscribe(RESPONSE, notice)
  return promise.finally(() => unsubscribe(RESPONSE, notice))
}

describe('a completion of S3 on a slow storage', { concurrency: true }, () => {
  let app: S3TestApp
  /** Work of the storage before it joins the parts of an object, by the name of its file. */
  const slowly = new Map<string, () => Promise<void>>()

  before(async () => {
    app = await startS3App()
    const { parts } = app.context.storage
    const { complete } = parts
    const slowed: typeof complete = async (object, ...rest) => {
      await slowly.get(object.name.split('/').at(-1) ?? '')?.()
      return complete(object, ...rest)
    }
    Object.assign(parts, { complete: slowed })
  })
  after(() => app.stop())

  const upload = async (Key: string) => {
    const named = { Bucket: app.bucket, Key }
    const { UploadId = '' } = await app.client.send(new CreateMultipartUploadCommand(named))
    const part = { ...named, UploadId, PartNumber: 1, Body: Key }
    const { ETag } = await app.client.send(new UploadPartCommand(part))
    return { ...named, UploadId, MultipartUpload: { Parts: [{ PartNumber: 1, ETag }] } }
  }

  it('keeps the connection, and answers the client when the parts are joined', async () => {
    const completion = await upload('joined')
    const isAnswered = headOfResponse(completion.UploadId)
    slowly.set('joined', () => isAnswered)
    const { Key, ETag } = await app.client.send(new CompleteMultipartUploadCommand(completion))
    assert.equal(Key, 'joined')
    const found = await app.client.send(new GetObjectCommand({ Bucket: app.bucket, Key: 'joined' }))
    assert.equal(found.ETag, ETag)
  })

  it('tells the client an error, although its response has begun', async () => {
    const completion = await upload('failed')
    const isAnswered = headOfResponse(completion.UploadId)
    slowly.set('failed', async () => {
      await isAnswered
      throw new ServiceError('STORAGE_UNAVAILABLE', 'the disk is gone')
    })
    await assert.rejects(app.client.send(new CompleteMultipartUploadCommand(completion)), {
      name: 'ServiceUnavailable',
    })
  })

  it('begins with the XML declaration, because no character may precede it', async () => {
    const { MultipartUpload, ...completion } = await upload('declared')
    const url = await getSignedUrl(app.client, new CompleteMultipartUploadCommand(completion))
    const begun = Promise.withResolvers<void>()
    slowly.set('declared', () => begun.promise)
    const [part] = MultipartUpload.Parts
    const parts = `<Part><PartNumber>1</PartNumber><ETag>${part?.ETag}</ETag></Part>`
    const body = `<CompleteMultipartUpload>${parts}</CompleteMultipartUpload>`
    const response = await fetch(url, { method: 'POST', body })
    assert.equal(response.headers.get('content-type'), 'application/xml')
    begun.resolve()
    const xml = await response.text()
    assert.match(xml, /^<\?xml version="1.0" encoding="UTF-8"\?>\n +<CompleteMultipartUploadResult /)
    assert.equal(xml.split('<?xml').length, 2)
  })
})

import assert from 'node:assert/strict'
import { beginningOf } from './prepare-request.ts'
import { newSession, type Session } from './session-model.ts'
import type { Scenario } from './steps.ts'

/** Declaration of an upload. */
export type Declared = Omit<Scenario, 'steps'>

/** Creates the upload of a scenario, with the API below `filesUrl`. */
export async function createUpload(
  filesUrl: string,
  apiKey: string,
  declared: Declared,
): Promise<{ readonly uri: string; readonly fileId: string }> {
  const { path, headers, body } = creationOf(declared)
  const answer = await fetch(`${filesUrl}/${path}`, {
    method: 'POST',
    headers: { 'X-API-Key': apiKey, ...headers },
    ...(body.length > 0 && { body }),
  })
  const text = await answer.text()
  assert.ok(answer.ok, text)
  const { upload_url, file_id } = text === '' ? {} : JSON.parse(text)
  const uri = upload_url ?? answer.headers.get('location')
  const fileId = file_id ?? answer.headers.get('x-waybill-file-id')
  assert.ok(uri && fileId, text)
  return { uri, fileId }
}

/** Returns the session of the model after the creation. */
export function createdSession(declared: Declared): Session {
  const { sizeBytes, creation } = declared
  const isDeferred = creation.by !== 'upload-url' && creation.isDeferred
  const session = newSession(sizeBytes, creation.by, isDeferred ? null : sizeBytes)
  const held = firstBytesOf(declared)
  // The IETF protocol waits for its own end.
  const isComplete = creation.by === 'tus' && held.length === session.lengthBytes
  return { ...session, held, state: isComplete ? 'finished' : 'open' }
}

function creationOf(declared: Declared) {
  const { sizeBytes, creation, checksums } = declared
  const length = { 'Upload-Length': String(sizeBytes) }
  const body = firstBytesOf(declared)
  switch (creation.by) {
    case 'upload-url': {
      const facts = { filename: 'any.bin', file_size: sizeBytes, mime_type: 'application/octet-stream' }
      const headers = { 'Content-Type': 'application/json' }
      return { path: 'upload-url', headers, body: Buffer.from(JSON.stringify({ ...facts, checksums })) }
    }
    case 'tus': {
      const declaredLength = creation.isDeferred ? { 'Upload-Defer-Length': '1' } : length
      const type = body.length > 0 && { 'Content-Type': 'application/offset+octet-stream' }
      return { path: 'tus', headers: { 'Tus-Resumable': '1.0.0', ...declaredLength, ...type }, body }
    }
    case 'ietf': {
      const type = { 'Content-Type': 'application/octet-stream', 'Upload-Complete': '?0' }
      return { path: 'resumable', headers: { ...type, ...(!creation.isDeferred && length) }, body }
    }
  }
}

function firstBytesOf({ sizeBytes, creation: { by, part } }: Declared): Buffer {
  return beginningOf(by === 'upload-url' ? 0 : Math.floor(sizeBytes * part))
}

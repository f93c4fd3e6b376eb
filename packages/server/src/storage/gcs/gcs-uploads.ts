import { ServiceError } from '../../domain/errors.ts'
import type { DelegatedSession, DelegatedUploads, SessionTerms, UploadSpec } from '../storage.ts'
import type { Gcs } from './gcs.ts'
import { GoogleAnswerError } from './google-fault.ts'
import { openSessionUri, sealSessionUri } from './session-handle.ts'

/** https://cloud.google.com/storage/docs/objects#naming */
const MAX_KEY_BYTES = 1024

/** Google's resumable sessions. The URI needs no credentials, so what is asked of one is asked as any client would. */
export function createGcsUploads(gcs: Gcs, sessionKey: () => Promise<Buffer>): DelegatedUploads {
  const { google, calls, prefix } = gcs

  const create = async (
    { name, contentType }: UploadSpec,
    { sizeBytes, origin }: SessionTerms,
  ): Promise<DelegatedSession> => {
    checkName(prefix + name)
    const key = await sessionKey()
    const sessionUri = await calls.run('storage.objects.create', async () => {
      const [uri] = await google.bucket.file(prefix + name).createResumableUpload({
        metadata: { contentType, contentLength: sizeBytes },
        preconditionOpts: { ifGenerationMatch: 0 },
        ...(origin !== null && { origin }),
      })
      return uri
    })
    return { sessionUri, handle: sealSessionUri(key, sessionUri) }
  }

  /** Null for a handle of a key that is gone. */
  const ask = async (handle: string, request: RequestInit): Promise<Response | null> => {
    const uri = openSessionUri(await sessionKey(), handle)
    if (uri === null) return null
    return calls.run('storage.objects.create', async (signal) => {
      const response = await fetch(uri, { ...request, redirect: 'manual', signal })
      await response.body?.cancel()
      if (response.status >= 500 || response.status === 429) {
        throw new GoogleAnswerError(response.status, `to ${request.method} of a session`)
      }
      return response
    })
  }

  return {
    mode: 'delegated',
    create,
    received: async (handle) => {
      const response = await ask(handle, { method: 'PUT', headers: { 'content-range': 'bytes */*' } })
      if (response?.status !== 308) return null
      return Number(/^bytes=0-(\d+)$/.exec(response.headers.get('range') ?? '')?.[1] ?? -1) + 1
    },
    // Whatever is answered but a fault: the session is over, or was before.
    cancel: async (handle) => {
      await ask(handle, { method: 'DELETE' })
    },
  }
}

function checkName(key: string): void {
  if (Buffer.byteLength(key) <= MAX_KEY_BYTES) return
  throw new ServiceError('VALIDATION_ERROR', 'filename is too long for this storage', { field: 'filename' })
}

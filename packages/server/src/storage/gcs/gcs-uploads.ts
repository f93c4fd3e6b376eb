import type { DelegatedSession, DelegatedUploads, SessionTerms } from '../delegated-uploads.ts'
import type { UploadSpec } from '../stored-object.ts'
import { checkKey } from './check-key.ts'
import type { Gcs } from './gcs.ts'
import { GoogleResponseError } from './google-fault.ts'
import { requestSession, type SessionRequest, type SessionResponse } from './request-session.ts'
import { openSessionUri, sealSessionUri } from './session-handle.ts'

/** Creates uploads with Google's resumable sessions. Requests to a session URI need no credentials. */
export function createGcsUploads(gcs: Gcs, sessionKey: () => Promise<Buffer>): DelegatedUploads {
  const { google, calls, prefix } = gcs

  const create = async (
    { name, contentType }: UploadSpec,
    { sizeBytes, origin }: SessionTerms,
  ): Promise<DelegatedSession> => {
    checkKey(prefix + name)
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

  /** Sends a request to the session; returns null when the handle was sealed with another key. */
  const send = async (
    handle: string,
    request: SessionRequest,
    isExpected: (status: number) => boolean,
  ): Promise<SessionResponse | null> => {
    const uri = openSessionUri(await sessionKey(), handle)
    if (uri === null) return null
    return calls.run('storage.objects.create', async (signal) => {
      const response = await requestSession(uri, request, signal)
      if (isExpected(response.status)) return response
      throw new GoogleResponseError(response.status, `to ${request.method} of a session`)
    })
  }

  return {
    mode: 'delegated',
    create,
    received: async (handle) => {
      const request = { method: 'PUT', headers: { 'content-range': 'bytes */*' } } as const
      const response = await send(handle, request, (status) => status < 500 && status !== 429)
      if (response?.status !== 308) return null
      return Number(/^bytes=0-(\d+)$/.exec(response.range)?.[1] ?? -1) + 1
    },
    cancel: async (handle) => {
      await send(handle, { method: 'DELETE', headers: {} }, isEnded)
    },
  }
}

/** Google responds with 499 to the cancel, with 404 or 410 for an unknown session, and with 2xx for a complete object. */
function isEnded(status: number): boolean {
  return [499, 404, 410].includes(status) || (status >= 200 && status < 300)
}

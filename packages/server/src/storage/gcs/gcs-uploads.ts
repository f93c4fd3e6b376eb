import type { DelegatedSession, DelegatedUploads, SessionTerms } from '../delegated-uploads.ts'
import type { UploadSpec } from '../stored-object.ts'
import { askSession, type SessionAnswer, type SessionQuestion } from './ask-session.ts'
import { checkKey } from './check-key.ts'
import type { Gcs } from './gcs.ts'
import { GoogleAnswerError } from './google-fault.ts'
import { openSessionUri, sealSessionUri } from './session-handle.ts'

/** Google's resumable sessions. The URI needs no credentials, so what is asked of one is asked as any client would. */
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

  /** Null for a handle of a key that is gone. */
  const ask = async (
    handle: string,
    question: SessionQuestion,
    isAnswer: (status: number) => boolean,
  ): Promise<SessionAnswer | null> => {
    const uri = openSessionUri(await sessionKey(), handle)
    if (uri === null) return null
    return calls.run('storage.objects.create', async (signal) => {
      const answer = await askSession(uri, question, signal)
      if (isAnswer(answer.status)) return answer
      throw new GoogleAnswerError(answer.status, `to ${question.method} of a session`)
    })
  }

  return {
    mode: 'delegated',
    create,
    received: async (handle) => {
      const question = { method: 'PUT', headers: { 'content-range': 'bytes */*' } } as const
      const answer = await ask(handle, question, (status) => status < 500 && status !== 429)
      if (answer?.status !== 308) return null
      return Number(/^bytes=0-(\d+)$/.exec(answer.range)?.[1] ?? -1) + 1
    },
    cancel: async (handle) => {
      await ask(handle, { method: 'DELETE', headers: {} }, isOver)
    },
  }
}

/** 499 is Google's answer to the one that ended the session; the others say that there is none, or an object already. */
function isOver(status: number): boolean {
  return [499, 404, 410].includes(status) || (status >= 200 && status < 300)
}

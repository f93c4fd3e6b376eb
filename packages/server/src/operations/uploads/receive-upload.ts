import type { Caller, RequestFacts } from '../../domain/access/caller.ts'
import { type AnnouncedHashes, mergeHashes, type UploadSession } from '../../domain/uploads/upload-session.ts'
import type { CheckAdmission } from '../access/hold-admission.ts'
import type { Context } from '../context.ts'
import { defineOperation, type OperationFacts } from '../define-operation.ts'
import { registerWhenComplete } from '../files/register-when-complete.ts'
import { announceHashes } from './announce-hashes.ts'
import { type AppendPolicy, type AppendRequest, appendToUpload } from './append-to-upload.ts'
import { findRetiredSession, findUploadSession } from './find-upload-session.ts'
import { completeUpload, fenceUpload, findProgress } from './finish-upload.ts'
import { type HostingContext, isHosting } from './hosting-context.ts'
import type { Arrival } from './request-order.ts'
import type { Received, UploadAnswer } from './upload-answer.ts'

/** Effect of a request on an upload session, as the rules of a protocol determine it. */
export type ReceivePlan<Refusal> =
  /** The request changes nothing. */
  | { readonly kind: 'refuse'; readonly refusal: Refusal }
  /** The request marks the session as dead: it accepts no more bytes. */
  | { readonly kind: 'fail'; readonly refusal: Refusal }
  | QueryPlan
  | AppendPlan<Refusal>

/** Query of the progress. */
interface QueryPlan {
  readonly kind: 'query'
  /** Hashes of the complete object that the request announces. */
  readonly hashes: AnnouncedHashes
  /** Length that the request tells; null for none. It sets an unknown length only if it completes the upload. */
  readonly totalBytes: number | null
  /** True to complete an upload whose bytes have all arrived. */
  readonly completes: boolean
  /**
   * True to end a request that still appends and keep its bytes: then the offset stays valid until another request
   * appends. False to disturb no other request.
   */
  readonly fences: boolean
}

interface AppendPlan<Refusal> {
  readonly kind: 'append'
  readonly bytes: AppendRequest
  readonly policy: AppendPolicy<Refusal>
  /** Returns what the protocol makes of the outcome; absent to answer with the outcome. */
  conclude?(outcome: UploadAnswer | Refusal): Conclusion<Refusal>
}

export interface Conclusion<Refusal> {
  readonly answer: UploadAnswer | Refusal
  /** State to store in an open session, in the protocol's own form; null to keep the stored one. */
  readonly protocolState: string | null
}

/** Rules of a protocol for requests that send bytes or ask for the progress. Pure. */
type Plan<Request, Refusal> = (session: UploadSession, request: Request) => ReceivePlan<Refusal>

interface ReceiveInput<Request> {
  readonly session: UploadSession
  readonly arrival: Arrival
  readonly request: Request
}

type Refused = { readonly kind: string }

export const RECEIVE_UPLOAD: OperationFacts = {
  action: 'receiveUpload',
  kind: 'routine',
  scope: 'session-uri',
}

/**
 * Returns a function that receives a request on a session URI by the rules of a protocol: it determines the caller,
 * runs the operation and returns the answer, with the session as the request found it. It registers a complete upload
 * of a `when-complete` session before the answer, also when an earlier request completed it. `checkAdmission` checks the
 * caller of a request that also creates the session. The function throws
 * STORAGE_FULL, STORAGE_UNAVAILABLE, ORGANIZATION_ACCESS_DENIED.
 */
export function createReceiver<Request, Refusal extends Refused>(plan: Plan<Request, Refusal>) {
  const receive = defineOperation(
    { ...RECEIVE_UPLOAD, targetOf: ({ session }: ReceiveInput<Request>) => session.fileId },
    (context: HostingContext, _caller: Caller, input: ReceiveInput<Request>) =>
      perform(context, input, plan(input.session, input.request)),
  )

  return async (
    context: Context,
    uploadId: string,
    facts: RequestFacts,
    request: Request,
    checkAdmission: CheckAdmission | null = null,
  ): Promise<Received<UploadAnswer | Refusal>> => {
    if (!isHosting(context)) return { answer: await findRetiredSession(context, uploadId), session: null }
    // Before the look-up of the session, which takes some requests longer than others.
    const arrival = context.requestOrder.arrive(uploadId)
    try {
      const found = await findUploadSession(context, uploadId, facts)
      const { session, caller } = found
      if (session === null) return { answer: found.answer, session }
      const answer = found.answer ?? (await receive(context, caller, { session, arrival, request }))
      const registered = await registerWhenComplete(context, caller, session, answer, checkAdmission)
      return { answer: registered, session }
    } finally {
      arrival.leave()
    }
  }
}

async function perform<Refusal extends Refused>(
  context: HostingContext,
  { session, arrival }: Pick<ReceiveInput<unknown>, 'session' | 'arrival'>,
  plan: ReceivePlan<Refusal>,
): Promise<UploadAnswer | Refusal> {
  const { organizationId, fileId } = session
  const { uploadSessions } = context.database
  switch (plan.kind) {
    case 'refuse':
      return plan.refusal
    case 'fail':
      await uploadSessions.markDead(organizationId, fileId)
      return plan.refusal
    case 'query':
      return query(context, session, arrival, plan)
    case 'append': {
      // A difference is reported before a gap.
      if (mergeHashes(session.announced, plan.bytes.hashes) === null) return { kind: 'other-hash' }
      const outcome = await appendToUpload(context, session, arrival, plan.bytes, plan.policy)
      const { answer, protocolState } = plan.conclude?.(outcome) ?? { answer: outcome, protocolState: null }
      if (protocolState !== null) {
        await uploadSessions.saveProtocolState(organizationId, fileId, protocolState)
      }
      return answer
    }
  }
}

async function query(
  context: HostingContext,
  session: UploadSession,
  arrival: Arrival,
  { hashes, totalBytes, completes, fences }: QueryPlan,
): Promise<UploadAnswer> {
  if ((await announceHashes(context, session, hashes)) === null) return { kind: 'other-hash' }
  if (fences) return fenceUpload(context, session, arrival, completes)
  const progress = await findProgress(context, session)
  const sizeBytes = session.sizeBytes ?? totalBytes
  const isComplete = progress.kind === 'resume' && progress.offset === sizeBytes
  return isComplete && completes ? completeUpload(context, session, progress.offset) : progress
}

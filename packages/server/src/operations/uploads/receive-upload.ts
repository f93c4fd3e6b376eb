import type { Caller, RequestFacts } from '../../domain/access/caller.ts'
import { type AnnouncedHashes, mergeHashes, type UploadSession } from '../../domain/uploads/upload-session.ts'
import type { Context } from '../context.ts'
import { defineOperation, type OperationFacts } from '../define-operation.ts'
import {
  type AppendPolicy,
  type AppendRequest,
  announceHashes,
  appendToUpload,
  completeUpload,
  findProgress,
} from './append-to-upload.ts'
import { findRetiredSession, findUploadSession } from './find-upload-session.ts'
import { type HostingContext, isHosting } from './hosting-context.ts'
import type { Arrival } from './request-order.ts'
import type { UploadAnswer } from './upload-answer.ts'

/** Effect of a request on an upload session, as the rules of a protocol determine it. */
export type ReceivePlan<Refusal> =
  /** The request changes nothing. */
  | { readonly kind: 'refuse'; readonly refusal: Refusal }
  /** The request marks the session as dead: it accepts no more bytes. */
  | { readonly kind: 'fail'; readonly refusal: Refusal }
  /** Query of the progress. With `completes`, it completes an upload whose bytes have all arrived. */
  | { readonly kind: 'query'; readonly hashes: AnnouncedHashes; readonly completes: boolean }
  | AppendPlan<Refusal>

interface AppendPlan<Refusal> {
  readonly kind: 'append'
  readonly bytes: AppendRequest
  readonly policy: AppendPolicy<Refusal>
  /** Returns what the protocol makes of the outcome. */
  conclude(outcome: UploadAnswer | Refusal): Conclusion<Refusal>
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
 * runs the operation and returns the answer. The function throws STORAGE_FULL, STORAGE_UNAVAILABLE,
 * ORGANIZATION_ACCESS_DENIED.
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
  ): Promise<UploadAnswer | Refusal> => {
    if (!isHosting(context)) return findRetiredSession(context, uploadId)
    // Before the look-up of the session, which takes some requests longer than others.
    const arrival = context.requestOrder.arrive(uploadId)
    try {
      const found = await findUploadSession(context, uploadId, facts)
      if (found.answer) return found.answer
      return await receive(context, found.caller, { session: found.session, arrival, request })
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
      return query(context, session, plan.hashes, plan.completes)
    case 'append': {
      // A difference is reported before a gap.
      if (mergeHashes(session.announced, plan.bytes.hashes) === null) return { kind: 'other-hash' }
      const outcome = await appendToUpload(context, session, arrival, plan.bytes, plan.policy)
      const { answer, protocolState } = plan.conclude(outcome)
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
  hashes: AnnouncedHashes,
  completes: boolean,
): Promise<UploadAnswer> {
  const announced = await announceHashes(context, session, hashes)
  if (announced === null) return { kind: 'other-hash' }
  const progress = await findProgress(context, session)
  const isComplete = progress.kind === 'resume' && progress.offset === session.sizeBytes
  return isComplete && completes ? completeUpload(context, { ...session, announced }) : progress
}

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { ErrorCode } from '../../domain/errors.ts'
import { isId } from '../../domain/ids.ts'
import type { Context } from '../../operations/context.ts'
import { createRefusalCounts } from '../../operations/count-refusals.ts'
import { recordAudit } from '../../operations/record-audit.ts'
import { clientAddress } from './client-address.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** What the request made, where its URL does not name it. */
    auditTarget: string | null
    /** Why the request was refused. */
    errorCode: ErrorCode | null
  }
}

const READS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS'])
/** Statuses that are also recorded for reads: missing or wrong key, missing rights, rate limit. */
const REFUSALS: ReadonlySet<number> = new Set([401, 403, 429])

/**
 * Records what was changed or refused before the answer leaves: whoever is told that something happened can read
 * that it did, and requests of clients that do not wait for the answer are recorded too. Each change is a row;
 * refusals are counted. See count-refusals.ts.
 */
export function addAuditHook(app: FastifyInstance, context: Context): void {
  app.decorateRequest('auditTarget', null)
  app.decorateRequest('errorCode', null)
  const refusals = createRefusalCounts(context)

  app.addHook('onSend', (request, reply, _payload, done) => {
    const action = request.routeOptions.schema?.operationId
    if (action === undefined || !isRecorded(request, reply)) return done()
    const event = {
      organizationId: request.apiKey?.organizationId ?? null,
      actor: request.apiKey?.id ?? null,
      action,
      target: request.auditTarget ?? targetOf(request),
      outcome: request.errorCode ?? 'ok',
      traceId: request.id,
      clientAddress: clientAddress(request),
    }
    const recorded = request.errorCode === null ? recordAudit(context, event) : refusals.add(event)
    recorded.then(() => done(), done)
  })

  app.addHook('onClose', () => refusals.close())
}

function isRecorded({ method }: FastifyRequest, { statusCode }: FastifyReply): boolean {
  return !READS.has(method) || REFUSALS.has(statusCode)
}

/** The last id in the URL's path, or the organization that somebody tried to reach; null for what can be no id. */
function targetOf({ params, errorCode }: FastifyRequest): string | null {
  const { organization_id, ...ids } = params as Record<string, string>
  const target = errorCode === 'ORGANIZATION_ACCESS_DENIED' ? organization_id : Object.values(ids).at(-1)
  return target !== undefined && isId(target) ? target : null
}

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { ErrorCode } from '../../domain/errors.ts'
import { isId } from '../../domain/ids.ts'
import type { Context } from '../../operations/context.ts'
import { recordAudit } from '../../operations/record-audit.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** What the request made, where its URL does not name it. */
    auditTarget: string | null
    /** Why the request was refused. */
    errorCode: ErrorCode | null
  }
}

const READS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS'])
const REFUSALS: ReadonlySet<number> = new Set([401, 403])
/** Strangers are recorded too, but cannot fill the database: so many a minute, in each process. */
const MAX_ANONYMOUS_PER_MINUTE = 60
const MINUTE_MS = 60_000

/**
 * Records what was changed or refused before the answer leaves: whoever is told that something happened can read
 * that it did, and a client that does not wait for its answer is recorded all the same.
 */
export function addAuditHook(app: FastifyInstance, context: Context): void {
  app.decorateRequest('auditTarget', null)
  app.decorateRequest('errorCode', null)
  const mayRecordStranger = createAllowance(context.now)

  app.addHook('onSend', async (request, reply) => {
    const action = request.routeOptions.schema?.operationId
    if (action === undefined || !isRecorded(request, reply)) return
    if (request.apiKey === null && !mayRecordStranger()) return
    await recordAudit(context, {
      organizationId: request.apiKey?.organizationId ?? null,
      actor: request.apiKey?.id ?? null,
      action,
      target: request.auditTarget ?? targetOf(request),
      outcome: request.errorCode ?? 'ok',
      traceId: request.id,
    })
  })
}

function createAllowance(now: () => number): () => boolean {
  let minute = 0
  let used = 0
  return () => {
    const current = Math.floor(now() / MINUTE_MS)
    if (current !== minute) used = 0
    minute = current
    used++
    return used <= MAX_ANONYMOUS_PER_MINUTE
  }
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

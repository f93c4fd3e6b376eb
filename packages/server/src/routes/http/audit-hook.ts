import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { ErrorCode } from '../../domain/errors.ts'
import type { Context } from '../../operations/context.ts'

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

/**
 * Records what was changed or refused, after the answer has gone: an audit that cannot be written is a warning in
 * the log and refuses nobody.
 */
export function addAuditHook(app: FastifyInstance, context: Context): void {
  app.decorateRequest('auditTarget', null)
  app.decorateRequest('errorCode', null)
  app.addHook('onResponse', async (request, reply) => {
    const action = request.routeOptions.schema?.operationId
    if (action === undefined || !isRecorded(request, reply)) return
    const event = {
      timeMs: context.now(),
      organizationId: request.apiKey?.organizationId ?? null,
      actor: request.apiKey?.id ?? null,
      action,
      target: request.auditTarget ?? targetOf(request),
      outcome: request.errorCode ?? 'ok',
      traceId: request.id,
    }
    try {
      await context.database.audit.add(event)
    } catch (error) {
      request.log.warn({ err: error }, 'an audit event could not be written')
    }
  })
}

function isRecorded({ method }: FastifyRequest, { statusCode }: FastifyReply): boolean {
  return !READS.has(method) || REFUSALS.has(statusCode)
}

/** The last id in the URL's path that names something of the organization. */
function targetOf({ params }: FastifyRequest): string | null {
  const { organization_id: _, ...ids } = params as Record<string, string>
  return Object.values(ids).at(-1) ?? null
}

import type { FastifyRequest } from 'fastify'
import type { ErrorCode } from '../../domain/errors.ts'
import type { Audit } from '../../operations/access/audit.ts'
import { requestFacts } from './client-address.ts'

const READS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * Records a request that failed before its operation was called, for example because of a wrong key, a malformed body or
 * a rate limit. A refusal that the operation has recorded is not recorded again. Called before the response is sent.
 */
export async function recordRefusal(
  audit: Audit,
  request: FastifyRequest,
  code: ErrorCode,
  error: unknown,
): Promise<void> {
  const { action } = request.routeOptions.config
  if (action === undefined) return
  const unknownCaller = {
    organizationId: null,
    actor: { kind: 'unknown' },
    scopes: [],
    request: requestFacts(request),
  } as const
  const kind = READS.has(request.method) ? 'read' : 'change'
  const attempt = { action, kind, target: targetOf(request, code) } as const
  await audit.recordRefusal(request.caller ?? unknownCaller, attempt, code, error)
}

/** Returns the last id in the path; the id of the organization when access to it was denied; null when there is none. */
function targetOf({ params }: FastifyRequest, code: ErrorCode): string | null {
  const { organization_id = null, ...ids } = params as Record<string, string>
  return code === 'ORGANIZATION_ACCESS_DENIED' ? organization_id : (Object.values(ids).at(-1) ?? null)
}

import type { FastifyRequest } from 'fastify'
import type { ErrorCode } from '../../domain/errors.ts'
import type { Audit } from '../../operations/access/audit.ts'
import { requestFacts } from './client-address.ts'

const READS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * Records a request that failed before it reached its operation: a bad key, a body that cannot be read, a rate limit.
 * What the operation itself has recorded is not recorded again. Called before the answer leaves.
 */
export async function recordRefusal(
  audit: Audit,
  request: FastifyRequest,
  code: ErrorCode,
  error: unknown,
): Promise<void> {
  const { action } = request.routeOptions.config
  if (action === undefined) return
  const stranger = {
    organizationId: null,
    actor: { kind: 'unknown' },
    scopes: [],
    request: requestFacts(request),
  } as const
  const kind = READS.has(request.method) ? 'read' : 'change'
  const attempt = { action, kind, target: targetOf(request, code) } as const
  await audit.recordRefusal(request.caller ?? stranger, attempt, code, error)
}

/** Returns the last id in the URL's path, or the organization when it belongs to others; null when there is none. */
function targetOf({ params }: FastifyRequest, code: ErrorCode): string | null {
  const { organization_id = null, ...ids } = params as Record<string, string>
  return code === 'ORGANIZATION_ACCESS_DENIED' ? organization_id : (Object.values(ids).at(-1) ?? null)
}

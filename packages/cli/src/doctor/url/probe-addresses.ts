import { type CheckResult, failed, warning } from '../finding.ts'
import { sendRequest } from './send-request.ts'
import { type Target, withSession } from './target.ts'

const PROBE_BYTES = 1024

/** Checks that the service issues upload URLs that begin with the tested URL. */
export function probeAddresses(target: Target): Promise<CheckResult[]> {
  return withSession(target, PROBE_BYTES, async ({ issuedUri }) => {
    if (issuedUri.startsWith(`${target.url}/upload/`)) return []
    const { origin } = new URL(issuedUri)
    return [
      failed(
        'other-url',
        `${target.url} issues upload URLs at ${origin}. Set PUBLIC_URL=${target.url} and restart the server, or pass that address as --url. The Host header has no influence. Also check that the proxy does not rewrite bodies (nginx: sub_filter; Caddy: replace).`,
      ),
    ]
  })
}

/**
 * Checks that the proxy does not change paths. Findings are warnings: Waybill's own paths need no "//" and no
 * escapes.
 */
export async function probePaths({ url }: Target): Promise<CheckResult[]> {
  const results: CheckResult[] = []
  const merged = await sendRequest({ method: 'GET', url: `${url}//v1/health` })
  if (merged.status === 200) {
    results.push(
      warning(
        'slashes-merged',
        'The proxy merges two slashes in a path into one. nginx: set "merge_slashes off;", and write "proxy_pass http://waybill;" with nothing after the name, not even a slash; Caddy: remove "uri path_regexp".',
      ),
    )
  }
  const decoded = await sendRequest({ method: 'GET', url: `${url}/v1%2Fhealth` })
  if (decoded.status === 200) {
    results.push(
      warning(
        'path-decoded',
        'The proxy decodes %2F in a path. nginx: write "proxy_pass http://waybill;" with nothing after the name, not even a slash; Caddy: remove "uri" and "rewrite".',
      ),
    )
  }
  return results
}

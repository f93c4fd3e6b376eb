import { failed, type Seen, warning } from '../finding.ts'
import { exchange } from './exchange.ts'
import { type Target, withSession } from './target.ts'

const PROBE_BYTES = 1024

/** Whether what is handed out leads back to the URL that was asked. */
export function probeAddresses(target: Target): Promise<Seen[]> {
  return withSession(target, PROBE_BYTES, async ({ handedOutUri }) => {
    if (handedOutUri.startsWith(`${target.url}/upload/`)) return []
    const { origin } = new URL(handedOutUri)
    return [
      failed(
        'other-url',
        `${target.url} hands out upload URLs at ${origin}: set PUBLIC_URL=${target.url} and start again, or give that address as --url. No Host header changes this; also see that the proxy rewrites no bodies (nginx sub_filter, Caddy replace).`,
      ),
    ]
  })
}

/** Whether a path arrives as it was sent. None of Waybill's own has two slashes or an escape, so these are warnings. */
export async function probePaths({ url }: Target): Promise<Seen[]> {
  const seen: Seen[] = []
  const merged = await exchange({ method: 'GET', url: `${url}//v1/health` })
  if (merged.status === 200) {
    seen.push(
      warning(
        'slashes-merged',
        'The proxy makes one slash of two in a path. nginx: «merge_slashes off;», and «proxy_pass http://waybill;» with nothing behind the name, not even a slash; Caddy: remove «uri path_regexp».',
      ),
    )
  }
  const decoded = await exchange({ method: 'GET', url: `${url}/v1%2Fhealth` })
  if (decoded.status === 200) {
    seen.push(
      warning(
        'path-decoded',
        'The proxy decodes %2F in a path. nginx: «proxy_pass http://waybill;» with nothing behind the name, not even a slash; Caddy: remove «uri» and «rewrite».',
      ),
    )
  }
  return seen
}

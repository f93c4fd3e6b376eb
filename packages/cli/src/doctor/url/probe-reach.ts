import { failed, type Seen } from '../finding.ts'
import { reasonOf } from '../run-checks.ts'
import { type Answer, exchange } from './exchange.ts'
import { briefly, callApi, type Target } from './target.ts'

/** Whether the URL leads to this installation, with the key. Nothing else can be looked at where it does not. */
export async function probeReach(target: Target): Promise<Seen[]> {
  const { url } = target
  let health: Answer
  try {
    health = await exchange({ method: 'GET', url: `${url}/v1/health` })
  } catch (error) {
    return [
      failed(
        'unreachable',
        `${url} cannot be reached: ${reasonOf(error)}. Look at the address, the firewall and the certificate.`,
      ),
    ]
  }
  const { location } = health.headers
  if (health.status >= 300 && health.status < 400 && location !== undefined) {
    return [
      failed(
        'redirects',
        `${url} redirects to ${location}, and clients do not send a body twice: set PUBLIC_URL, and --url, to where it leads.`,
      ),
    ]
  }
  if (health.status !== 200 || !isHealthy(health)) {
    return [
      failed(
        'not-waybill',
        `${url}/v1/health answers ${health.status} and ${briefly(health)}: it does not lead to Waybill. Look at the address of the backend: nginx proxy_pass, Caddy reverse_proxy.`,
      ),
    ]
  }
  return probeKey(target)
}

function isHealthy({ body }: Answer): boolean {
  try {
    return JSON.parse(body.toString()).status === 'ok'
  } catch {
    return false
  }
}

async function probeKey(target: Target): Promise<Seen[]> {
  const answer = await callApi(target, 'GET', '/files?limit=1')
  if (answer.status === 200) return []
  const text = answer.body.toString()
  if (text.includes('AUTHENTICATION_REQUIRED')) {
    return [
      failed(
        'api-key-lost',
        'The header X-API-Key does not arrive. nginx: remove «proxy_set_header X-API-Key»; Caddy: remove «header_up -X-API-Key».',
      ),
    ]
  }
  if (text.includes('INVALID_API_KEY')) {
    return [
      failed(
        'other-installation',
        `${target.url} does not know the key: it leads to another installation than these settings (DATABASE_URL, DATA_DIR), or WAYBILL_API_KEY is wrong.`,
      ),
    ]
  }
  return [
    failed(
      'key-refused',
      `The API answers ${answer.status}: ${briefly(answer)}. The key needs files:read and files:write, in the organization ${target.organizationId}.`,
    ),
  ]
}

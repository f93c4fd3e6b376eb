import { type CheckResult, failed } from '../finding.ts'
import { reasonOf } from '../run-checks.ts'
import { type HttpResponse, sendRequest } from './send-request.ts'
import { callApi, excerptOf, type Target } from './target.ts'

/** Checks that the URL leads to this installation and that the key works. The other probes need both. */
export async function probeReach(target: Target): Promise<CheckResult[]> {
  const { url } = target
  const health = await answered(url, sendRequest({ method: 'GET', url: `${url}/v1/health` }))
  if ('code' in health) return [health]
  const { location } = health.headers
  if (health.status >= 300 && health.status < 400 && location !== undefined) {
    return [
      failed(
        'redirects',
        `${url} redirects to ${location}, but clients do not send a body twice. Set PUBLIC_URL and --url to the address that it redirects to.`,
      ),
    ]
  }
  if (health.status !== 200 || !isHealthy(health)) {
    return [
      failed(
        'not-waybill',
        `${url}/v1/health returned ${health.status} and ${excerptOf(health)}: the URL does not lead to Waybill. Check the backend address of the proxy (nginx: proxy_pass; Caddy: reverse_proxy).`,
      ),
    ]
  }
  return probeKey(target)
}

/** Returns the response, or the finding that there is none. */
async function answered(url: string, response: Promise<HttpResponse>): Promise<HttpResponse | CheckResult> {
  try {
    return await response
  } catch (error) {
    return failed(
      'unreachable',
      `${url} cannot be reached: ${reasonOf(error)}. Check the address, the firewall and the certificate.`,
    )
  }
}

function isHealthy({ body }: HttpResponse): boolean {
  try {
    return JSON.parse(body.toString()).status === 'ok'
  } catch {
    return false
  }
}

async function probeKey(target: Target): Promise<CheckResult[]> {
  const response = await answered(target.url, callApi(target, 'GET', '/files?limit=1'))
  if ('code' in response) return [response]
  if (response.status === 200) return []
  const text = response.body.toString()
  if (text.includes('AUTHENTICATION_REQUIRED')) {
    return [
      failed(
        'api-key-lost',
        'The proxy removes the request header X-API-Key. nginx: remove "proxy_set_header X-API-Key"; Caddy: remove "header_up -X-API-Key".',
      ),
    ]
  }
  if (text.includes('INVALID_API_KEY')) {
    return [
      failed(
        'other-installation',
        `${target.url} does not accept the key: the URL leads to another installation than these settings (DATABASE_URL, DATA_DIR), or WAYBILL_API_KEY is wrong.`,
      ),
    ]
  }
  return [
    failed(
      'key-refused',
      `The API returned ${response.status}: ${excerptOf(response)}. The key needs the scopes files:read and files:write in the organization ${target.organizationId}.`,
    ),
  ]
}

const FOLDER = '/console/'
const { origin, pathname } = window.location
const PREFIX = pathname.slice(0, pathname.lastIndexOf(FOLDER))

/** URL of the service, derived from the URL of this page. Has no slash at the end. */
export const SERVICE_URL = `${origin}${PREFIX}`
export const CONSOLE_URL = `${SERVICE_URL}${FOLDER}`

const OWN_PATHS = /\/(?:v1\/organizations|upload\/storage\/v1\/b\/waybill)\/.*$/

/**
 * Rewrites a URL of the service to the origin of this page. The service issues URLs with its PUBLIC_URL, but the
 * browser may use another name for it, such as `localhost`. The page's Content Security Policy allows requests to its
 * own origin only.
 */
export function ownUrl(url: string): string {
  const { pathname: path, search } = new URL(url)
  const own = OWN_PATHS.exec(path)?.[0]
  return own === undefined ? url : `${SERVICE_URL}${own}${search}`
}

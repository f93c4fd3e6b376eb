const FOLDER = '/console/'
const { origin, pathname } = window.location
const PREFIX = pathname.slice(0, pathname.lastIndexOf(FOLDER))

/** The service as this page was reached, without a slash at its end. */
export const SERVICE_URL = `${origin}${PREFIX}`
export const CONSOLE_URL = `${SERVICE_URL}${FOLDER}`

const OWN_PATHS = /\/(?:v1\/organizations|upload\/storage\/v1\/b\/waybill)\/.*$/

/**
 * The service calls itself by its PUBLIC_URL, and a browser may know it by another name, as `localhost` does. What is the
 * service’s own is asked where the page came from: nothing else is the page allowed.
 */
export function ownUrl(url: string): string {
  const { pathname: path, search } = new URL(url)
  const own = OWN_PATHS.exec(path)?.[0]
  return own === undefined ? url : `${SERVICE_URL}${own}${search}`
}

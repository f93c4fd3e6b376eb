import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'

const MAX_URL_LENGTH = 2048

/** Returns the reason why the URL cannot be that of a webhook; null when there is none. Looks no name up. */
export function webhookUrlProblem(text: string, allowsPrivate: boolean): string | null {
  const url = URL.parse(text)
  if (url === null || text.length > MAX_URL_LENGTH)
    return `must be a URL of at most ${MAX_URL_LENGTH} characters`
  const isHttp = url.protocol === 'http:' && allowsPrivate
  if (url.protocol !== 'https:' && !isHttp) return 'must begin with https://'
  if (url.username !== '' || url.password !== '') return 'must have no user name and no password'
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const isPublic = isIP(host) === 0 ? !isLocalName(host) : ipaddr.parse(host).range() === 'unicast'
  return isPublic || allowsPrivate ? null : 'must lead to a public address'
}

function isLocalName(host: string): boolean {
  return /(^|\.)localhost\.?$/.test(host)
}

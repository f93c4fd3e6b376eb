import { BlockList, isIP } from 'node:net'

/** Proxies whose `X-Forwarded-For` is trusted. */
export type TrustedProxies =
  /** Number of proxies in front, at any address. */
  | { readonly kind: 'hops'; readonly hops: number }
  /** Addresses, ranges such as `10.0.0.0/8`, and the names of `NAMED_RANGES`. */
  | { readonly kind: 'ranges'; readonly ranges: readonly string[] }

/** Returns true if the address, `hop` proxies away from this process, is a trusted proxy. */
export type TrustsProxy = (address: string | undefined, hop: number) => boolean

const NAMED_RANGES: ReadonlyMap<string, readonly string[]> = new Map([
  ['loopback', ['127.0.0.0/8', '::1/128']],
  ['linklocal', ['169.254.0.0/16', 'fe80::/10']],
  ['uniquelocal', ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7']],
])

/** Returns true for an address, a range in CIDR notation, or one of the names. */
export function isAddressRange(text: string): boolean {
  if (NAMED_RANGES.has(text)) return true
  const [address = '', prefix, ...rest] = text.split('/')
  const version = isIP(address)
  if (version === 0 || rest.length > 0) return false
  return prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= bitsOf(version))
}

/** Compiles the setting into a check that is fast enough for every request. */
export function createProxyTrust(proxies: TrustedProxies): TrustsProxy {
  if (proxies.kind === 'hops') return (_address, hop) => hop < proxies.hops
  const trusted = new BlockList()
  for (const range of proxies.ranges.flatMap((range) => NAMED_RANGES.get(range) ?? [range])) {
    const [address = '', prefix] = range.split('/')
    const version = isIP(address)
    trusted.addSubnet(address, Number(prefix ?? bitsOf(version)), familyOf(version))
  }
  return (address = '') => {
    const version = isIP(address)
    return version !== 0 && trusted.check(address, familyOf(version))
  }
}

function bitsOf(version: number): number {
  return version === 4 ? 32 : 128
}

function familyOf(version: number): 'ipv4' | 'ipv6' {
  return version === 4 ? 'ipv4' : 'ipv6'
}

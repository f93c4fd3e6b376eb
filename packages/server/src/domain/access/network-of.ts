import { isIPv6 } from 'node:net'

/** Groups of 16 bits in the network prefix of an IPv6 client, which can use any address in that network. */
const NETWORK_GROUPS = 4
const GROUPS = 8

/** Returns the network of one client: an IPv4 address, also when mapped into IPv6, or the /64 of an IPv6 address. */
export function networkOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1]
  if (mapped !== undefined || !isIPv6(address)) return mapped ?? address
  const [left = [], right = []] = address
    .replace(/%.*/, '')
    .split('::')
    .map((half) => half.split(':').filter((group) => group !== ''))
  // The last two groups may be written as an IPv4 address.
  const written = left.length + right.length + (address.includes('.') ? 1 : 0)
  const zeros = Array.from({ length: GROUPS - written }, () => '0')
  const groups = [...left, ...zeros, ...right].slice(0, NETWORK_GROUPS)
  return `${groups.map((group) => Number.parseInt(group, 16).toString(16)).join(':')}::/64`
}

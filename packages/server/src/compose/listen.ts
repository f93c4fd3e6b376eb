import type { AddressInfo } from 'node:net'
import { hostname, networkInterfaces } from 'node:os'
import type { Logger } from 'pino'
import type { Config } from '../config.ts'

const MAX_PORT = 65_535
const EVERY_ADDRESS: ReadonlySet<string> = new Set(['0.0.0.0', '::'])

/** Listens on the configured address. Throws a message with advice when another program uses the port. */
export async function listenOn(
  { host, port }: Config,
  listen: (address: { host: string; port: number }) => Promise<unknown>,
): Promise<void> {
  try {
    await listen({ host, port })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
    const other = port < MAX_PORT ? port + 1 : port - 1
    const message = `another program uses this port. Choose another one: PORT=${other} npm start`
    throw new Error(message, { cause: error })
  }
}

/** Addresses of a server that listens. */
export interface ServerAddresses {
  /** Base URL, such as `http://127.0.0.1:8080`. */
  readonly url: string
  readonly address: AddressInfo
  /** Base URL for clients of S3; null when they have no address of their own. */
  readonly s3Url: string | null
}

/** Logs the address for clients of S3, and warns of URLs that other machines cannot reach. */
export function logAddresses(
  { publicUrl }: Config,
  { url, address, s3Url }: ServerAddresses,
  logger: Logger,
): void {
  if (s3Url !== null) logger.info({ url: s3Url }, 'serving clients of S3')
  if (publicUrl === null) warnOfLocalUrl(address, url, logger)
}

/** Warns when other machines can reach the server, but not the URLs that it issues. */
function warnOfLocalUrl({ address, port }: AddressInfo, url: string, logger: Logger): void {
  if (!EVERY_ADDRESS.has(address)) return
  const outside = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .find(({ internal, family }) => !internal && family === 'IPv4')
  const reachable = `http://${outside?.address ?? hostname()}:${port}`
  logger.warn(
    `PUBLIC_URL is not set: the URLs that this server issues begin with ${url}, which other machines cannot reach. ` +
      `They can use ${reachable}: start it with PUBLIC_URL=${reachable}`,
  )
}

/** Returns the URL of the address, with localhost for a wildcard address. */
export function urlOf({ address, port, family }: AddressInfo): string {
  // A wildcard address is not usable in a URL.
  if (EVERY_ADDRESS.has(address)) return `http://localhost:${port}`
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`
}

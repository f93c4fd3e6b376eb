/** Place of a request by its host name: the address of S3, or that of a bucket. */
export interface HostPlace {
  /** Bucket in front of the host name; null when the path begins with it. */
  readonly bucket: string | null
}

/**
 * Returns the place of a `Host` header, for a service that has the host name `hostName` in lower case; null when the header
 * names another host.
 */
export function placeOfHost(host: string | undefined, hostName: string): HostPlace | null {
  const name = (host ?? '').replace(/:\d+$/, '').toLowerCase()
  if (name === hostName) return { bucket: null }
  const suffix = `.${hostName}`
  return name.endsWith(suffix) && name !== suffix ? { bucket: name.slice(0, -suffix.length) } : null
}

const KNOWN: ReadonlySet<string> = new Set([
  ...['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
  ...['OPTIONS', 'TRACE', 'CONNECT'],
])

/** Returns a method of HTTP unchanged, and OpenTelemetry's `_OTHER` for any other. */
export function knownMethod(method: string): string {
  return KNOWN.has(method) ? method : '_OTHER'
}

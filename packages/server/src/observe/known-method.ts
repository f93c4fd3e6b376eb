const KNOWN: ReadonlySet<string> = new Set([
  ...['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
  ...['OPTIONS', 'TRACE', 'CONNECT'],
])

/** The method, or what OpenTelemetry calls any that HTTP itself does not define. */
export function knownMethod(method: string): string {
  return KNOWN.has(method) ? method : '_OTHER'
}

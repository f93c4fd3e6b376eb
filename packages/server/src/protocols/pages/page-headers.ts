/** The page may load what this service has, and nothing else; nobody may put it into a frame. */
const OWN_FILES_ONLY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
]

/** The headers of a page, whose scripts may also use what these directives of its Content-Security-Policy name. */
export function pageHeaders(directives: readonly string[]): Record<string, string> {
  return {
    'content-security-policy': [...OWN_FILES_ONLY, ...directives].join('; '),
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'permissions-policy': 'camera=(), geolocation=(), microphone=()',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
  }
}

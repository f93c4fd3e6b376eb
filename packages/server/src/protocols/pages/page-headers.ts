/** Directives that allow only files of this service, and forbid other sites to embed the page in a frame. */
const OWN_FILES_ONLY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
]

/** Returns the headers of a page; `directives` are added to its Content-Security-Policy. */
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

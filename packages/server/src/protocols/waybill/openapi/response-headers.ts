const header = (description: string, type = 'string') => ({ description, schema: { type } })

/** Response headers of the API, as components of the OpenAPI document. */
export const RESPONSE_HEADERS = {
  'x-request-id': header('The id of the request. Errors have it as `trace_id`.'),
  'X-RateLimit-Limit': header('The number of requests that the key may make per minute.', 'integer'),
  'X-RateLimit-Remaining': header('The number of remaining requests in this minute.', 'integer'),
  'X-RateLimit-Reset': header('The number of seconds until the limit is reset.', 'integer'),
  'Retry-After': header('The number of seconds to wait before a retry.', 'integer'),
  Allow: header('The methods that the URL supports. Every 405 response has it.'),
  ETag: header('A strong validator of the bytes.'),
  'Content-Disposition': header('The file name (RFC 6266).'),
  'Content-Range': header('The range of the bytes in this response.'),
}

/** Returns references to response headers. */
export const headerRefs = (...names: (keyof typeof RESPONSE_HEADERS)[]) =>
  Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]))

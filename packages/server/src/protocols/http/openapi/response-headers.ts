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
  'retry-after-ms': header('The number of milliseconds to wait before a retry.', 'integer'),
  'x-should-retry': header('`false` if a retry cannot succeed.'),
  'openai-version': header('The version of the API.'),
  'openai-organization': header('The organization of the key.'),
  'openai-processing-ms': header('The time that the service took, in milliseconds.', 'integer'),
  'openai-poll-after-ms': header(
    'The time to wait before asking for an object in progress again.',
    'integer',
  ),
  'x-ratelimit-limit-requests': header('The number of requests that the key may make per minute.', 'integer'),
  'x-ratelimit-remaining-requests': header('The number of remaining requests in this minute.', 'integer'),
  'x-ratelimit-reset-requests': header('The time until the limit is reset, such as `42s`.'),
}

export type HeaderName = keyof typeof RESPONSE_HEADERS

/** Returns references to response headers. */
export const headerRefs = (...names: HeaderName[]) =>
  Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]))

import type { IncomingHttpHeaders } from 'node:http'

/** First segments of paths under `/v1` that belong to the JSON API. */
const JSON_API: ReadonlySet<string> = new Set(['organizations', 'health', 'model', 'share', 'me', 'sign-in'])

/** First segments of OpenAI's paths that have endpoints which this service does not serve. */
const UNSERVED: ReadonlySet<string> = new Set([
  'assistants',
  'audio',
  'batches',
  'chat',
  'completions',
  'containers',
  'decisions',
  'embeddings',
  'evals',
  'fine_tuning',
  'graders',
  'images',
  'live',
  'models',
  'moderations',
  'organization',
  'realtime',
  'responses',
  'skills',
  'threads',
  'videos',
])

interface Head {
  readonly url: string
  readonly headers: IncomingHttpHeaders
}

/** Returns true when the answer to this request has the form of the OpenAI API, also for a path without an endpoint. */
export function isOpenaiRequest({ url, headers }: Head): boolean {
  if (!url.startsWith('/v1/')) return false
  const segment = firstSegment(url)
  if (segment === 'threads') return isAssistantsClient(headers)
  return !JSON_API.has(segment)
}

/** Returns true for a path of OpenAI's API without an endpoint here. */
export function isUnserved(url: string): boolean {
  return UNSERVED.has(firstSegment(url))
}

/** Threads of the Assistants API share their path with those of the JSON API. */
function isAssistantsClient(headers: IncomingHttpHeaders): boolean {
  return /assistants/i.test(String(headers['openai-beta'] ?? ''))
}

function firstSegment(url: string): string {
  return /^\/v1\/([^/?#]*)/.exec(url)?.[1] ?? ''
}

import type { UploadProtocol } from '../../../domain/uploads/upload-session.ts'
import type { Endpoint, EndpointResponse, Parameter } from '../endpoint.ts'

const PROTOCOL_NAMES: Readonly<Record<UploadProtocol, string>> = {
  google: 'Google Cloud Storage',
  tus: 'tus 1.0',
  ietf: 'IETF resumable uploads',
}

/**
 * Merges the endpoints of one method and path, which differ in their upload protocol, into one for the OpenAPI document:
 * a document has one operation for a method of a path. The endpoints have the same operation, tag and summary.
 */
export function mergeVariants(variants: readonly Endpoint[]): Endpoint {
  const [first, ...others] = variants
  if (first === undefined) throw new Error('there is no endpoint to merge')
  if (others.length === 0) return first
  const bodies = variants.flatMap(({ streamedBody }) => streamedBody ?? [])
  const streamedBody =
    bodies.length === 0
      ? {}
      : { streamedBody: { required: false, content: Object.assign({}, ...bodies.map((one) => one.content)) } }
  return {
    ...first,
    description: variants.map(describeVariant).join(' '),
    parameters: mergeParameters(variants),
    ...streamedBody,
    responses: mergeResponses(variants),
  }
}

function describeVariant({ uploadProtocol, description = '' }: Endpoint): string {
  return uploadProtocol === undefined ? description : `${PROTOCOL_NAMES[uploadProtocol]}: ${description}`
}

/** A parameter is required when every protocol requires it. */
function mergeParameters(variants: readonly Endpoint[]): Parameter[] {
  const byName = Map.groupBy(
    variants.flatMap(({ parameters = [] }) => parameters),
    ({ name }) => name.toLowerCase(),
  )
  return [...byName.values()].flatMap((same) => {
    const [parameter] = same
    if (parameter === undefined) return []
    const required = same.length === variants.length && same.every((one) => one.required)
    return [{ ...parameter, required, description: joinDistinct(same.map((one) => one.description)) }]
  })
}

function mergeResponses(variants: readonly Endpoint[]): Record<number, EndpointResponse> {
  const byStatus = Map.groupBy(
    variants.flatMap(({ responses }) => Object.entries<EndpointResponse>(responses)),
    ([status]) => status,
  )
  const merged = [...byStatus].map(([status, entries]) => [
    status,
    mergeResponse(entries.map(([, response]) => response)),
  ])
  return Object.fromEntries(merged)
}

function mergeResponse(responses: readonly EndpointResponse[]): EndpointResponse {
  const content = Object.assign({}, ...responses.map((one) => one.content))
  return {
    description: joinDistinct(responses.map((one) => one.description)),
    headers: Object.assign({}, ...responses.map((one) => one.headers)),
    ...(Object.keys(content).length === 0 ? {} : { content }),
  }
}

const joinDistinct = (texts: readonly string[]) => [...new Set(texts)].join(' ')

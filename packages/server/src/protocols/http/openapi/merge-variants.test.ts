import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type Endpoint, endpoint, type Parameter, PUBLIC } from '../endpoint.ts'
import { mergeVariants } from './merge-variants.ts'

const parameter = (name: string, required: boolean, description: string): Parameter => ({
  ...{ name, required, description },
  in: 'header',
  schema: { type: 'string' },
})
const text = { schema: { type: 'string' } }

function variant(uploadProtocol: 'tus' | 'ietf', facts: Partial<Endpoint>): Endpoint {
  const operation = { action: 'append', scope: PUBLIC } as const
  const shared = { operation, method: 'PATCH', path: '/', tag: 'Uploads', summary: 'Append' } as const
  const declared = { ...shared, uploadProtocol, responses: {}, errors: null, ...facts }
  return endpoint(declared, () => async () => {})
}

describe('endpoints of one method and path', () => {
  const merged = mergeVariants([
    variant('tus', {
      description: 'Of any size.',
      parameters: [parameter('Upload-Offset', true, 'The offset.'), parameter('Tus-Resumable', true, 'One.')],
      streamedBody: { required: true, content: { 'application/offset+octet-stream': { schema: {} } } },
      responses: {
        204: { description: 'Stored.', headers: { 'Upload-Offset': {} } },
        409: { description: 'Elsewhere.', content: { 'text/plain': text } },
      },
    }),
    variant('ietf', {
      description: 'With an end.',
      parameters: [parameter('upload-offset', true, 'The offset.')],
      streamedBody: { required: true, content: { 'application/partial-upload': { schema: {} } } },
      responses: {
        204: { description: 'Stored.', headers: { 'Upload-Complete': {} } },
        409: { description: 'Another offset.', content: { 'application/problem+json': text } },
      },
    }),
  ])

  it('have one description, which names each protocol', () => {
    assert.equal(merged.description, 'tus 1.0: Of any size. IETF resumable uploads: With an end.')
    assert.equal(merged.summary, 'Append')
  })

  it('require what every protocol requires', () => {
    const required = merged.parameters?.map((one) => [one.name, one.required, one.description])
    assert.deepEqual(required, [
      ['Upload-Offset', true, 'The offset.'],
      ['Tus-Resumable', false, 'One.'],
    ])
  })

  it('accept the bodies of each protocol', () => {
    assert.deepEqual(Object.keys(merged.streamedBody?.content ?? {}), [
      'application/offset+octet-stream',
      'application/partial-upload',
    ])
  })

  it('have the responses of each protocol', () => {
    assert.deepEqual(merged.responses, {
      204: { description: 'Stored.', headers: { 'Upload-Offset': {}, 'Upload-Complete': {} } },
      409: {
        description: 'Elsewhere. Another offset.',
        headers: {},
        content: { 'text/plain': text, 'application/problem+json': text },
      },
    })
  })

  it('are unchanged when there is one', () => {
    const only = variant('tus', { description: 'Of any size.' })
    assert.equal(mergeVariants([only]), only)
  })
})

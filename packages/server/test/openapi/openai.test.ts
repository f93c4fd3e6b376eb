import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { describe, it } from 'node:test'
import { Validator } from '@seriousme/openapi-schema-validator'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { needsKey } from '../../src/protocols/http/endpoint.ts'
import { OPENAI_ENDPOINTS } from '../../src/protocols/openai/openai-endpoints.ts'
import { openaiDocument } from './openai-document.ts'

interface Content {
  readonly schema: object
  readonly example?: unknown
}
interface Operation {
  readonly operationId: string
  readonly requestBody?: { readonly content: Readonly<Record<string, Content>> }
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, Content>> }>>
}
interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: { readonly examples: Readonly<Record<string, { readonly value: unknown }>> }
}

const KEPT = new URL('../../../../api/openai.json', import.meta.url)
const document: Document = JSON.parse(await readFile(KEPT, 'utf8'))
const operations = Object.values(document.paths).flatMap((methods) => Object.values(methods))
const ajv = new Ajv2020({ strict: false, validateFormats: false })
ajv.addSchema({ ...document, $id: 'openapi' })

function assertFits(schema: object, value: unknown, what: string): void {
  const resolved = JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"openapi#/'))
  const validate = ajv.compile(resolved)
  assert.ok(validate(value), `${what}: ${JSON.stringify(validate.errors)}`)
}

describe('api/openai.json', () => {
  it('is the document of the declarations; "npm run openapi" writes it', async () => {
    assert.equal(await readFile(KEPT, 'utf8'), openaiDocument())
  })

  it('has every endpoint once, and each needs a key', () => {
    const ids = operations.map(({ operationId }) => operationId)
    assert.deepEqual(ids.toSorted(), OPENAI_ENDPOINTS.map(({ operation }) => operation.action).toSorted())
    assert.equal(new Set(ids).size, ids.length)
    assert.ok(OPENAI_ENDPOINTS.every(({ operation }) => needsKey(operation)))
  })

  it('is valid OpenAPI 3.1', async () => {
    const { valid, errors } = await new Validator().validate(
      structuredClone(document) as object as Record<string, unknown>,
    )
    assert.ok(valid, JSON.stringify(errors))
  })

  for (const { operationId, requestBody, responses } of operations) {
    it(`gives ${operationId} examples that fit`, () => {
      const contents = [requestBody, ...Object.values(responses)].flatMap((body) =>
        Object.values(body?.content ?? {}),
      )
      assert.ok(contents.length > 0)
      for (const { schema, example } of contents) {
        if (example !== undefined) assertFits(schema, example, operationId)
      }
    })
  }

  it('has an example of every error that fits its form', () => {
    for (const [code, { value }] of Object.entries(document.components.examples))
      assertFits({ $ref: '#/components/schemas/Error' }, value, code)
  })
})

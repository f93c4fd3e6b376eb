import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { FileBody } from './file-body.ts'
import { compileNamesAll } from './named-properties.ts'
import { createSerializerCompiler } from './serialization.ts'

const Entry = { type: 'object', properties: { id: { type: 'string' }, size: { type: 'integer' } } } as const
const Text = { type: 'string' } as const
const Nothing = { type: 'null' } as const

describe('serialization of responses', () => {
  const cases: { schema: object; body: unknown; sent: unknown; isNamed: boolean }[] = [
    { schema: Entry, body: { id: 'a', size: 1 }, sent: { id: 'a', size: 1 }, isNamed: true },
    { schema: Entry, body: { id: 'a', secret: 's' }, sent: { id: 'a' }, isNamed: false },
    {
      schema: { type: 'object', properties: { list: { type: 'array', items: Entry } } },
      body: { list: [{ id: 'a' }, { id: 'b', secret: 's' }] },
      sent: { list: [{ id: 'a' }, { id: 'b' }] },
      isNamed: false,
    },
    {
      schema: { type: 'object', properties: { one: { anyOf: [Entry, Nothing] } } },
      body: { one: null },
      sent: { one: null },
      isNamed: true,
    },
    {
      schema: { type: 'object', properties: { one: { anyOf: [Entry, Nothing] } } },
      body: { one: { id: 'a', secret: 's' } },
      sent: { one: { id: 'a' } },
      isNamed: false,
    },
    {
      schema: { type: 'object', properties: { map: { type: 'object', additionalProperties: Text } } },
      body: { map: { any: 'text' } },
      sent: { map: { any: 'text' } },
      isNamed: true,
    },
    { schema: { type: ['object', 'null'] }, body: { secret: 's' }, sent: {}, isNamed: false },
    {
      schema: { type: 'object', additionalProperties: true },
      body: { any: { depth: 1 } },
      sent: { any: { depth: 1 } },
      isNamed: false,
    },
    // A member of the object's prototype is not a name of the schema.
    { schema: Entry, body: { id: 'a', constructor: 's' }, sent: { id: 'a' }, isNamed: false },
  ]
  for (const { schema, body, sent, isNamed } of cases) {
    it(`sends ${JSON.stringify(sent)} of ${JSON.stringify(body)}`, () => {
      const serialize = createSerializerCompiler()({ schema })
      assert.deepEqual(JSON.parse(serialize(body)), sent)
      assert.equal(compileNamesAll(schema)(body), isNamed)
    })
  }

  it('needs no library for the body of a File', () => {
    const file = Object.fromEntries(Object.keys(FileBody.properties).map((name) => [name, null]))
    assert.equal(compileNamesAll(FileBody)({ ...file, metadata: { key: 'value' } }), true)
  })
})

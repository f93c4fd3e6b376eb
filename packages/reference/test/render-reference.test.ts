import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Document, Schema } from '../src/document.ts'
import { renderReference } from '../src/render-reference.ts'
import { document, operations } from './operations.ts'

const page = renderReference(document)
const ids = new Set(Array.from(page.matchAll(/ id="([^"]+)"/g), ([, id]) => id))

const ESCAPES = { '&#39;': "'", '&quot;': '"', '&lt;': '<', '&gt;': '>', '&amp;': '&' }

/** The part of the page that is about the operation, without its tags. */
function textOf(html: string, operationId: string): string {
  const [, after = ''] = html.split(`id="${operationId}" `)
  const [section = ''] = after.split('</section>')
  const text = section.replace(/<[^>]+>/g, '').replace(/\s+/g, ' ')
  return Object.entries(ESCAPES).reduce((plain, [escaped, letter]) => plain.replaceAll(escaped, letter), text)
}

function fieldNames({ properties = {}, items, anyOf = [] }: Schema): string[] {
  const ofProperties = Object.entries(properties).flatMap(([name, schema]) => [name, ...fieldNames(schema)])
  return [...ofProperties, ...(items ? fieldNames(items) : []), ...anyOf.flatMap(fieldNames)]
}

describe('the reference', () => {
  for (const operation of operations) {
    it(`says all that the document says of ${operation.operationId}`, () => {
      const { operationId, method, path, summary, description = '', parameters = [], requestBody } = operation
      const text = textOf(page, operationId)
      const bodies = [requestBody, ...Object.values(operation.responses)]
      const media = bodies.flatMap((body) => Object.values(body?.content ?? {}))
      const schemas = media.flatMap(({ schema }) => ('$ref' in schema ? [] : [schema]))
      const expected = [
        ...[operationId, `${method} ${path}`, summary, description],
        ...parameters.flatMap(({ name, description: ofParameter = '' }) => [name, ofParameter]),
        ...schemas.flatMap(fieldNames),
        ...Object.keys(operation.responses),
        ...media.flatMap(({ examples = {} }) => Object.keys(examples)),
        ...operation.security.flatMap((scheme) => Object.values(scheme).flat()),
      ]
      for (const part of expected) assert.ok(text.includes(part.replaceAll('`', '')), `${part} is missing`)
    })
  }

  it('has each operation once in its contents, and every link leads somewhere', () => {
    const links = Array.from(page.matchAll(/href="#([^"]+)"/g), ([, id]) => id)
    for (const link of links) assert.ok(ids.has(link), `#${link} leads nowhere`)
    const [, contents = ''] = page.split('<nav')
    for (const { operationId } of operations) {
      assert.equal(contents.split('</nav>')[0]?.split(`href="#${operationId}"`).length, 2, operationId)
    }
  })

  it('has no id twice, and no style or script within', () => {
    const all = Array.from(page.matchAll(/ id="([^"]+)"/g), ([, id]) => id)
    assert.deepEqual(all.toSorted(), [...ids].toSorted())
    assert.doesNotMatch(page, / style=|<script|<style| on\w+=/)
  })

  it('shows a new operation, without being told of it', () => {
    const added: Document = {
      ...document,
      paths: {
        ...document.paths,
        '/v1/seals/{seal_id}': {
          put: {
            operationId: 'breakSeal',
            summary: 'Break a seal <carefully>',
            tags: ['Files'],
            security: [{ apiKey: ['files:write'] }],
            parameters: [{ name: 'seal_id', in: 'path', required: true, schema: { type: 'string' } }],
            responses: { 204: { description: 'It is broken.' } },
          },
        },
      },
    }
    const text = textOf(renderReference(added), 'breakSeal')
    for (const part of [
      'Break a seal <carefully>',
      'PUT /v1/seals/{seal_id}',
      'It is broken.',
      'files:write',
    ]) {
      assert.ok(text.includes(part), part)
    }
  })

  it('leaves out nothing of a tag that the document does not explain', () => {
    const { tags, ...others } = document
    assert.ok(tags.length > 0)
    const without = renderReference({ ...others, tags: tags.slice(1) })
    for (const { operationId } of operations) assert.ok(without.includes(`id="${operationId}"`), operationId)
  })
})

import type { Content, Document, MediaType, Reference, Schema } from './document.ts'
import { fieldList, schemaFields } from './field-list.ts'
import { type Html, html } from './html.ts'
import { typeText } from './schema-text.ts'
import { withCode } from './with-code.ts'

/** What a request or an answer has in its body, by content type. */
export function operationBody(content: Content, document: Document, isAnswer: boolean): readonly Html[] {
  return Object.entries(content).map(([contentType, media]) => {
    const schema = resolved(media, document)
    const alternatives = schema.anyOf ?? [schema]
    return html`
      <p class="content-type">${contentType === '*/*' ? 'Bytes' : html`<code>${contentType}</code>`}</p>
      ${alternatives.map((alternative, index) => [
        index > 0 && html`<p class="or">or</p>`,
        alternativeView(alternative, isAnswer),
      ])}`
  })
}

function alternativeView(schema: Schema, isAnswer: boolean): Html | null {
  const fields = schemaFields(schema, isAnswer)
  if (fields.length > 0) return fieldList(fields)
  return schema.type === undefined ? null : html`<p class="fine">${withCode(typeText(schema))}</p>`
}

function resolved({ schema }: MediaType, { components }: Document): Schema {
  return isReference(schema) ? (components.schemas[nameOf(schema)] ?? {}) : schema
}

function isReference(value: Schema | Reference): value is Reference {
  return '$ref' in value
}

/** The last part of a reference, which is a name among the document’s components. */
export function nameOf({ $ref }: Reference): string {
  return $ref.slice($ref.lastIndexOf('/') + 1)
}

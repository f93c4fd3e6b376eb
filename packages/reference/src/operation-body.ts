import type { Content, Document, MediaType, Reference, Schema } from './document.ts'
import { fieldList, schemaFields } from './field-list.ts'
import { type Html, html } from './html.ts'
import { typeText } from './schema-text.ts'
import { withCode } from './with-code.ts'

/** Renders the schema of a request or response body, by content type. */
export function operationBody(content: Content, document: Document, isResponse: boolean): readonly Html[] {
  return Object.entries(content).map(([contentType, media]) => {
    const schema = resolved(media, document)
    const alternatives = schema.anyOf ?? [schema]
    return html`
      <p class="content-type">${contentType === '*/*' ? 'Bytes' : html`<code>${contentType}</code>`}</p>
      ${alternatives.map((alternative, index) => [
        index > 0 && html`<p class="or">or</p>`,
        alternativeView(alternative, isResponse),
      ])}`
  })
}

function alternativeView(schema: Schema, isResponse: boolean): Html | null {
  const fields = schemaFields(schema, isResponse)
  if (fields.length > 0) return fieldList(fields)
  return schema.type === undefined ? null : html`<p class="fine">${withCode(typeText(schema))}</p>`
}

function resolved({ schema }: MediaType, { components }: Document): Schema {
  return isReference(schema) ? (components.schemas[nameOf(schema)] ?? {}) : schema
}

function isReference(value: Schema | Reference): value is Reference {
  return '$ref' in value
}

/** Returns the name of the referenced component, which is the last part of the reference. */
export function nameOf({ $ref }: Reference): string {
  return $ref.slice($ref.lastIndexOf('/') + 1)
}

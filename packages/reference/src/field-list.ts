import type { Schema } from './document.ts'
import { type Html, html } from './html.ts'
import { constraintTexts, typeText } from './schema-text.ts'
import { withCode } from './with-code.ts'

export interface Field {
  readonly name: string
  readonly schema: Schema
  readonly description: string | null
  /** True for required fields of a request; null for fields of a response, which are always present. */
  readonly isRequired: boolean | null
}

/** Renders fields with type, description and constraints. The fields of a nested object are indented below it. */
export function fieldList(fields: readonly Field[]): Html {
  return html`<dl class="fields">${fields.map(fieldEntry)}</dl>`
}

function fieldEntry({ name, schema, description, isRequired }: Field): Html {
  const inner = schemaFields(schema, isRequired === null)
  const constraints = constraintTexts(schema)
  return html`
    <dt>
      <code>${name}</code>
      <span class="type">${withCode(typeText(schema))}</span>
      ${isRequired === true && html`<span class="required">required</span>`}
    </dt>
    <dd>
      ${description !== null && html`<p>${withCode(description)}</p>`}
      ${constraints.length > 0 && html`<p class="fine">${withCode(constraints.join(', '))}</p>`}
      ${inner.length > 0 && fieldList(inner)}
    </dd>`
}

/** Returns the fields of an object, of the objects in a list, of the values of a map, or of the first alternative. */
export function schemaFields(schema: Schema, isResponse: boolean): readonly Field[] {
  const { properties, patternProperties, items, anyOf, required = [] } = schema
  const [alternative] = anyOf ?? []
  if (alternative) return schemaFields(alternative, isResponse)
  if (items) return schemaFields(items, isResponse)
  if (properties) {
    return Object.entries(properties).map(([name, property]) => ({
      name,
      schema: property,
      description: property.description ?? null,
      isRequired: isResponse ? null : required.includes(name),
    }))
  }
  return Object.values(patternProperties ?? {}).map((value) => ({
    name: '…',
    schema: value,
    description: 'Value of each name.',
    isRequired: null,
  }))
}

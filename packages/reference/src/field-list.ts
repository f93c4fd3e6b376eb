import type { Schema } from './document.ts'
import { type Html, html } from './html.ts'
import { constraintTexts, typeText } from './schema-text.ts'
import { withCode } from './with-code.ts'

export interface Field {
  readonly name: string
  readonly schema: Schema
  readonly description: string | null
  /** Null where it goes without saying, as in an answer. */
  readonly isRequired: boolean | null
}

/** Fields with all that is known of them; those of an object within stand indented below its own. */
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

/** The fields of an object, of the objects in a list, or of what a map has under each name. */
export function schemaFields(schema: Schema, isAnswer: boolean): readonly Field[] {
  const { properties, patternProperties, items, required = [] } = schema
  if (items) return schemaFields(items, isAnswer)
  if (properties) {
    return Object.entries(properties).map(([name, property]) => ({
      name,
      schema: property,
      description: property.description ?? null,
      isRequired: isAnswer ? null : required.includes(name),
    }))
  }
  return Object.values(patternProperties ?? {}).map((value) => ({
    name: '…',
    schema: value,
    description: 'Under each name.',
    isRequired: null,
  }))
}

import type { FastifyPluginCallback, FastifyTypeProvider, RawServerDefault } from 'fastify'
import type { JSONSchema } from 'json-schema-to-ts'
import type { TypeOf } from './type-of.ts'

/** A plugin whose requests and answers have the types of their schemas. */
export type ContractPlugin = FastifyPluginCallback<Record<never, never>, RawServerDefault, ContractTypes>

/** Fastify sets `schema` and reads the others. */
interface ContractTypes extends FastifyTypeProvider {
  readonly validator: this['schema'] extends JSONSchema ? TypeOf<this['schema']> : unknown
  readonly serializer: this['schema'] extends JSONSchema ? TypeOf<this['schema']> : unknown
}

import type {
  ContextConfigDefault,
  FastifyInstance,
  FastifyTypeProvider,
  HTTPMethods,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
  RouteGenericInterface,
  RouteHandlerMethod,
} from 'fastify'
import type { JSONSchema } from 'json-schema-to-ts'
import { isUrlCredential, type RequiredScope, type UrlCredential } from '../../domain/access/caller.ts'
import type { ErrorCode } from '../../domain/errors.ts'
import type { UploadProtocol } from '../../domain/uploads/upload-session.ts'
import type { Context } from '../../operations/context.ts'
import { type Admission, admitSlowBody, requireScope } from './authenticated.ts'
import type { TypeOf } from './json-schema.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Action of the endpoint's operation; absent for routes that are not endpoints. */
    readonly action?: string
    readonly isAllowedOnFullDisk?: boolean
    readonly isBodyOptional?: boolean
    /** Limit of a JSON body; absent for the usual one. */
    readonly maxBodyBytes?: number
  }
}

/** Declaration of an endpoint. The router, the OpenAPI document and the tests read it. */
export interface EndpointFacts {
  /** Operation that the endpoint performs. Its action is the `operationId`; its scope is the one that a key needs. */
  readonly operation: EndpointOperation
  readonly method: HTTPMethods | readonly HTTPMethods[]
  /** Path with parameters as the router writes them, such as `/files/:file_id`. */
  readonly path: string
  readonly tag: Tag
  readonly summary: string
  readonly description?: string
  readonly params?: ParameterSchema
  readonly query?: ParameterSchema
  /** Parameters that the handler reads by itself, without validation. */
  readonly parameters?: readonly Parameter[]
  /** Schema of a JSON body. */
  readonly body?: JSONSchema
  /** True when the request may have no body. Its schema then admits null, which is what the handler gets. */
  readonly isBodyOptional?: boolean
  /** Limit of a JSON body that may be longer than usual. */
  readonly maxBodyBytes?: number
  /** Body that the handler reads by itself, as a stream. */
  readonly streamedBody?: { readonly required: boolean; readonly content: Content }
  /** Responses by status. Responses to errors follow from `errors`. */
  readonly responses: Readonly<Record<number, EndpointResponse>>
  /**
   * Errors of this endpoint, in addition to those of every endpoint of the JSON API. Null when `responses` has all
   * responses to errors, because they have another error body.
   */
  readonly errors: readonly ErrorCode[] | null
  /** True for an endpoint that must work on a full disk although it changes something. */
  readonly isAllowedOnFullDisk?: boolean
  /**
   * Protocol of an endpoint on the session URL, which several protocols share: the endpoint gets only the requests of
   * this protocol. Endpoints of one method are one operation of the OpenAPI document.
   */
  readonly uploadProtocol?: UploadProtocol
}

export type Tag =
  | 'Uploads'
  | 'Files'
  | 'Share links'
  | 'Users'
  | 'Members'
  | 'Organizations'
  | 'API keys'
  | 'Health'
  | 'Vector stores'
  | 'Vector store files'
  | 'File batches'
  | 'Models'
  | 'Responses'
  | 'Conversations'
  | 'Threads'
  | 'Events'
  | 'Webhooks'

interface EndpointOperation {
  readonly action: string
  readonly scope: RequiredScope | typeof PUBLIC
}

/** Scope of public endpoints. */
export const PUBLIC = 'public'

/** Returns true for an endpoint that needs a key; false when it is public, or its URL is the credential. */
export function needsKey(operation: EndpointOperation): operation is { action: string; scope: KeyScope } {
  return operation.scope !== PUBLIC && !isUrlCredential(operation.scope)
}

type KeyScope = Exclude<RequiredScope, UrlCredential>

interface ParameterSchema {
  readonly type: 'object'
  readonly required?: readonly string[]
  readonly properties: Readonly<Record<string, JSONSchema>>
}

export interface Parameter {
  readonly name: string
  readonly in: 'query' | 'header'
  readonly required: boolean
  readonly schema: object
  readonly description: string
}

/** Bodies by media type. */
export type Content = Readonly<Record<string, { readonly schema: object; readonly example?: unknown }>>

export interface EndpointResponse {
  readonly description: string
  /** Schema of a JSON body. A response has no other fields than those of its schema. */
  readonly body?: JSONSchema
  /** Body that the handler serializes by itself. */
  readonly content?: Content
  readonly headers?: Readonly<Record<string, object>>
}

/** Values that handlers need from the app. */
export interface EndpointContext {
  readonly context: Context
  publicUrl(): string
  /** Versions of the IETF draft whose clients get interim responses. */
  readonly interopVersions: readonly number[]
}

export interface Endpoint extends EndpointFacts {
  /** Creates the handler once for each app, with state that its requests share. */
  createHandler(context: EndpointContext): RouteHandlerMethod
}

interface SchemasOf<Facts extends EndpointFacts> {
  readonly params: Facts extends { readonly params: infer Schema } ? Schema : undefined
  readonly querystring: Facts extends { readonly query: infer Schema } ? Schema : undefined
  readonly body: Facts extends { readonly body: infer Schema } ? Schema : undefined
  readonly response: {
    readonly [Status in keyof Facts['responses']]: Facts['responses'][Status] extends {
      readonly body: infer Schema
    }
      ? Schema
      : undefined
  }
}

/** Fastify sets `schema` and reads the others. */
interface DeclaredTypes extends FastifyTypeProvider {
  readonly validator: this['schema'] extends JSONSchema ? TypeOf<this['schema']> : unknown
  readonly serializer: this['schema'] extends JSONSchema ? TypeOf<this['schema']> : unknown
}

type HandlerOf<Facts extends EndpointFacts> = RouteHandlerMethod<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  RouteGenericInterface,
  ContextConfigDefault,
  SchemasOf<Facts>,
  DeclaredTypes
>

/** Declares an endpoint. The handler's request and responses have the types of the declared schemas. */
export function endpoint<const Facts extends EndpointFacts>(
  facts: Facts,
  createHandler: (context: EndpointContext) => HandlerOf<Facts>,
): Endpoint {
  return { ...facts, createHandler: createHandler as unknown as Endpoint['createHandler'] }
}

/**
 * Adds the endpoints to the router, with the permission check before the body is read. `admit` makes that check; without
 * it, the organization is in the path.
 */
export function mountEndpoints(
  app: FastifyInstance,
  endpoints: readonly Endpoint[],
  context: EndpointContext,
  admit: (context: Context, scope: RequiredScope) => Admission = requireScope,
): void {
  for (const declared of endpoints) {
    const {
      operation,
      method,
      path,
      isAllowedOnFullDisk = false,
      isBodyOptional = false,
      maxBodyBytes,
      uploadProtocol,
    } = declared
    const admission = needsKey(operation) ? admit(context.context, operation.scope) : null
    app.route({
      method: [method].flat(),
      url: path,
      ...(uploadProtocol === undefined ? {} : { constraints: { uploadProtocol } }),
      schema: schemasOf(declared),
      config: {
        action: operation.action,
        isAllowedOnFullDisk,
        isBodyOptional,
        ...(maxBodyBytes === undefined ? {} : { maxBodyBytes }),
      },
      ...(admission === null ? {} : { onRequest: admission, preHandler: admitSlowBody(admission) }),
      handler: declared.createHandler(context),
    })
  }
}

function schemasOf({ params, query, body, responses }: EndpointFacts) {
  const bodies = Object.entries(responses).flatMap(([status, response]) =>
    response.body === undefined ? [] : [[status, response.body] as const],
  )
  return {
    ...(params === undefined ? {} : { params }),
    ...(query === undefined ? {} : { querystring: query }),
    ...(body === undefined ? {} : { body }),
    response: Object.fromEntries(bodies),
  }
}

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { decodeMessage, type Message, type Value } from './protobuf.ts'

export interface Span {
  readonly traceId: string
  readonly spanId: string
  /** Empty for a span without a parent. */
  readonly parentId: string
  readonly name: string
  /** 2 for a server span, 3 for a client span. */
  readonly kind: number
  readonly attributes: Readonly<Record<string, unknown>>
  /** Attributes of the process. */
  readonly resource: Readonly<Record<string, unknown>>
}

export interface Collector {
  /** For OTEL_EXPORTER_OTLP_ENDPOINT. */
  readonly url: string
  readonly spans: readonly Span[]
  /** All received bodies, to search them for secrets. */
  readonly bytes: readonly Buffer[]
  close(): void
}

/** Starts an OpenTelemetry collector for traces over HTTP. With `answers` false it never answers. */
export async function startCollector({ answers = true } = {}): Promise<Collector> {
  const spans: Span[] = []
  const bytes: Buffer[] = []
  const server = createServer(async (request, response) => {
    assert.equal(request.url, '/v1/traces')
    assert.equal(request.headers['content-type'], 'application/x-protobuf')
    const body = await buffer(request)
    bytes.push(body)
    spans.push(...spansOf(decodeMessage(body)))
    if (answers) response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    bytes,
    close: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}

/** Parses the spans. Field numbers: opentelemetry/proto/trace/v1/trace.proto. */
function spansOf(request: Message): Span[] {
  return messages(request, 1).flatMap((resourceSpans) => {
    const resource = attributesOf(messages(resourceSpans, 1)[0] ?? new Map(), 1)
    return messages(resourceSpans, 2)
      .flatMap((scopeSpans) => messages(scopeSpans, 2))
      .map((span) => ({
        traceId: bytesOf(span, 1).toString('hex'),
        spanId: bytesOf(span, 2).toString('hex'),
        parentId: bytesOf(span, 4).toString('hex'),
        name: bytesOf(span, 5).toString(),
        kind: Number(span.get(6)?.[0] ?? 0),
        attributes: attributesOf(span, 9),
        resource,
      }))
  })
}

function messages(message: Message, field: number): Message[] {
  return (message.get(field) ?? []).map((value) => decodeMessage(value as Buffer))
}

function bytesOf(message: Message, field: number): Buffer {
  return (message.get(field)?.[0] ?? Buffer.alloc(0)) as Buffer
}

function attributesOf(message: Message, field: number): Record<string, unknown> {
  const entries = messages(message, field).map((attribute) => {
    const [[kind, values] = [0, []]] = messages(attribute, 2)[0] ?? new Map<number, Value[]>()
    return [bytesOf(attribute, 1).toString(), plainValue(kind, values[0])]
  })
  return Object.fromEntries(entries)
}

/** Returns the value of an attribute. Field numbers: opentelemetry/proto/common/v1/common.proto. */
function plainValue(kind: number, value: Value | undefined): unknown {
  if (kind === 1) return (value as Buffer).toString()
  if (kind === 2) return value === 1n
  if (kind === 4) return new Float64Array(BigUint64Array.of(value as bigint).buffer)[0]
  return kind === 3 ? Number(value) : value
}

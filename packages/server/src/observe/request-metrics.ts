import type { FastifyInstance } from 'fastify'
import { Counter, Gauge, Histogram, type Registry } from 'prom-client'
import { createConnectionBytes, type RouteBytes } from './connection-bytes.ts'
import { knownMethod } from './known-method.ts'

/** Buckets in seconds, from a response from memory to an upload over a slow connection. */
const DURATION_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60, 600]

/** Label of all requests to unknown URLs. */
const NO_ROUTE = 'none'
/** Label of requests whose connection ended before their response. */
const NO_STATUS = 'none'

/** Registers the metrics of requests. Returns a function that adds the counting hooks to an app. */
export function createRequestMetrics(registry: Registry): (app: FastifyInstance) => void {
  const registers = [registry]
  const requests = new Counter({
    name: 'waybill_http_requests_total',
    help: 'Completed requests, by the pattern of their route.',
    labelNames: ['method', 'route', 'status'],
    registers,
  })
  const durations = new Histogram({
    name: 'waybill_http_request_duration_seconds',
    help: 'Time from the head of a request to the end of its response.',
    labelNames: ['method', 'route'],
    buckets: DURATION_BUCKETS,
    registers,
  })
  const errors = new Counter({
    name: 'waybill_errors_total',
    help: 'Requests with an error response, by error code.',
    labelNames: ['code'],
    registers,
  })
  const inFlight = new Gauge({
    name: 'waybill_http_requests_in_flight',
    help: 'Requests in progress.',
    registers,
  })
  const begin = createByteCounters(registry)

  return (app) => {
    app.addHook('onRequest', (request, reply, done) => {
      const method = knownMethod(request.method)
      const route = request.routeOptions.url ?? NO_ROUTE
      const end = begin(request.raw.socket, route)
      inFlight.inc()
      reply.raw.once('close', () => {
        end()
        inFlight.dec()
        const status = reply.raw.writableFinished ? String(reply.raw.statusCode) : NO_STATUS
        requests.inc({ method, route, status })
        durations.observe({ method, route }, reply.elapsedTime / 1000)
        if (request.errorCode !== null) errors.inc({ code: request.errorCode })
      })
      done()
    })
  }
}

/** Registers the counters of bytes by route, heads and bodies together. */
function createByteCounters(registry: Registry) {
  const bytes = createConnectionBytes()
  const addCounter = (name: string, help: string, of: (total: RouteBytes) => number) =>
    new Counter({
      name,
      help,
      labelNames: ['route'],
      registers: [registry],
      collect() {
        this.reset()
        for (const [route, total] of bytes.totals()) this.inc({ route }, of(total))
      },
    })
  addCounter(
    'waybill_http_received_bytes_total',
    'Bytes of requests, requests in progress included.',
    ({ received }) => received,
  )
  addCounter(
    'waybill_http_sent_bytes_total',
    'Bytes of responses, responses in progress included.',
    ({ sent }) => sent,
  )
  return bytes.begin
}

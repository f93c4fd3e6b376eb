// Test server with the functions of Google Cloud Storage that Google's client, a browser and an uploader use in these
// tests. It follows Google's documentation, but passing tests do not prove that Waybill works with Google.
//
// It supports: the start of sessions (JSON and XML API), the sessions (with this project's own hosted sessions, in
// memory), simple uploads, metadata, media with ranges, deletes with preconditions, lists, downloads by V4 signed URLs
// with a check of their signature, CORS of a bucket, IAM's signBlob, the metadata server of a machine.
// It does not support: sessions without a declared size, multipart uploads, noncurrent versions, soft delete, access
// rights (a test injects them as faults), tokens (any is accepted), encryption with a caller's keys, compression. A
// session whose object was deleted answers 410, at Google 200.

import type { KeyObject } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Seen, sendError } from './exchange.ts'
import { createBucket, type FixtureBucket } from './fixture-bucket.ts'
import { createFixtureSessions } from './fixture-sessions.ts'
import { answerJsonApi } from './json-api.ts'
import { answerIam, answerMetadataServer } from './machine-account.ts'
import { answerXmlApi } from './xml-api.ts'

export interface Fault {
  /** Number of matching requests that fail. */
  readonly times: number
  readonly matches: (seen: Seen) => boolean
  /** A status with Google's error format, no answer, or a closed connection. */
  readonly how: number | 'hang' | 'cut'
  readonly message?: string
}

export interface GoogleFixture {
  readonly url: string
  readonly bucket: FixtureBucket
  /** Returns all requests so far, in order. */
  seen(): readonly Seen[]
  /** Returns the number of hanging requests whose client still waits. */
  hanging(): number
  fail(fault: Fault): void
  mend(): void
  /** Executes the next matching request, and then closes the connection without an answer. */
  loseAnswer(matches: Fault['matches']): void
  /** Sets the origins whose pages may read downloads. */
  allowOrigins(origins: readonly string[]): void
  close(): Promise<void>
}

export interface FixtureOptions {
  /** Key that verifies signed URLs. */
  readonly publicKey: KeyObject
  /** Key of signBlob. */
  readonly privateKey: KeyObject
}

export async function startGoogleFixture(options: FixtureOptions): Promise<GoogleFixture> {
  const seen: Seen[] = []
  let faults: { fault: Fault; left: number }[] = []
  let losing: Fault['matches'] | null = null
  let origins: readonly string[] = []
  let url = ''
  let hanging = 0
  const bucket = createBucket()
  const sessions = await createFixtureSessions(bucket, () => url)

  const failing = (request: Seen): Fault | null => {
    const found = faults.find(({ fault, left }) => left > 0 && fault.matches(request))
    if (!found) return null
    found.left--
    return found.fault
  }

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { pathname, searchParams } = new URL(request.url ?? '/', url)
    const exchange = { request, response, pathname, query: searchParams, baseUrl: url }
    if (pathname.startsWith('/computeMetadata/')) return answerMetadataServer(exchange)
    if (pathname.endsWith(':signBlob')) return answerIam(exchange, options.privateKey)
    if (searchParams.has('upload_id')) return sessions.answer(exchange)
    if (/^\/(upload\/)?storage\/v1\//.test(pathname)) return answerJsonApi(exchange, bucket, sessions)
    return answerXmlApi(exchange, bucket, sessions, { publicKey: options.publicKey, origins })
  }

  const server = createServer((request, response) => {
    const { method = '', url: path = '', headers } = request
    const asked = { method, url: path, headers }
    seen.push(asked)
    const fault = failing(asked)
    if (fault?.how === 'hang') {
      hanging++
      request.socket.once('close', () => hanging--)
      return
    }
    if (fault?.how === 'cut') {
      request.socket.destroy()
      return
    }
    if (losing?.(asked)) {
      losing = null
      response.end = (() => request.socket.destroy()) as never
    }
    if (fault) return sendError(response, Number(fault.how), fault.message ?? 'a fault of the test')
    answer(request, response).catch((error: unknown) => sendError(response, 500, String(error)))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

  return {
    url,
    bucket,
    seen: () => seen,
    hanging: () => hanging,
    fail: (fault) => faults.push({ fault, left: fault.times }),
    mend: () => {
      faults = []
    },
    loseAnswer: (matches) => {
      losing = matches
    },
    allowOrigins: (allowed) => {
      origins = allowed
    },
    close: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
      await sessions.close()
    },
  }
}

// A test server that answers as far as Google's client, a browser and a sender of bytes ask it here. A fixture: that
// Waybill works with it says nothing of Google. What it is held against are the shapes that Google documents.
//
// It speaks: the start of sessions (JSON and XML API), the sessions themselves (by this project's own hosted sessions, in
// memory), simple uploads, metadata, media with ranges, deletes with preconditions, lists, downloads by V4 signed URLs with
// their signature checked, CORS of a bucket, IAM's signBlob, the metadata server of a machine.
// It does not: sessions without a declared size, multipart uploads, versions that are not the latest, soft delete, access
// rights (they are faults that a test injects), tokens (any will do), encryption with a caller's keys, compression. A session
// whose object was deleted answers 410, and Google's 200.

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
  /** Of the next requests that match. */
  readonly times: number
  readonly matches: (seen: Seen) => boolean
  /** A status, with Google's form of error; or silence; or a connection that ends. */
  readonly how: number | 'hang' | 'cut'
  readonly message?: string
}

export interface GoogleFixture {
  readonly url: string
  readonly bucket: FixtureBucket
  /** Every request so far, in their order. */
  seen(): readonly Seen[]
  /** Requests that hang and that somebody still waits for. */
  hanging(): number
  fail(fault: Fault): void
  mend(): void
  /** Does what the next matching request asks, and then ends the connection without an answer. */
  loseAnswer(matches: Fault['matches']): void
  /** Origins that pages may read downloads from. */
  allowOrigins(origins: readonly string[]): void
  close(): Promise<void>
}

export interface FixtureOptions {
  /** Of the key that signs: URLs that it has not signed are refused. */
  readonly publicKey: KeyObject
  /** For signBlob. */
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

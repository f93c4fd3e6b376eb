import assert from 'node:assert/strict'
import {
  type Answer,
  type Connection,
  encodeChunks,
  exchange,
  finalAnswer,
  LAST_CHUNK,
  openConnection,
  type Request,
  requestHead,
} from '../protocol/exchange.ts'
import * as ietf from '../protocol/ietf/ietf.ts'
import { md5 } from '../protocol/session.ts'
import { assertAnswer } from './assert-answer.ts'
import { crc32c } from './checksums.ts'
import { createdSession } from './create-upload.ts'
import { type PatchProtocol, receiveDelete, receiveHeadRequest } from './patch-model.ts'
import {
  type Prepared,
  prepareData,
  preparePatch,
  prepareQuestion,
  prepareRest,
  prepareUnreadable,
} from './prepare-request.ts'
import type { OpenedSession, Service } from './service.ts'
import { cancel, interrupt, type Step as ModelStep, receiveBody, type Session } from './session-model.ts'
import type { BytesStep, Cut, Scenario, Step } from './steps.ts'

const CHECKSUMS = { crc32c, md5 }

/** Data request whose body is not complete. */
interface OpenRequest extends Prepared {
  readonly connection: Connection
  readonly requestId: string
  sentBytes: number
  connectionBytes: number
}

/** Service and model of a comparison, and the requests and answers so far. */
interface Game {
  readonly service: Service
  readonly opened: OpenedSession
  readonly story: string[]
  model: Session
  open: OpenRequest | null
  /** First answer with the object, to which all later ones are equal; null before it. */
  firstObject: string | null
  requests: number
}

/**
 * Runs a scenario on the service and on the model, and compares each answer, the offset at the end and every byte of
 * the object. Throws with all requests and answers when the two differ. Returns the number of requests.
 */
export async function playScenario(service: Service, { steps, ...declared }: Scenario): Promise<number> {
  const { sizeBytes, creation, checksums } = declared
  const opened = await service.open(declared)
  const game: Game = {
    service,
    opened,
    story: [
      `an upload of ${sizeBytes} bytes with ${checksums.join(' and ') || 'no checksums'}, ${JSON.stringify(creation)}`,
    ],
    model: createdSession(declared),
    open: null,
    firstObject: null,
    requests: 0,
  }
  try {
    for (const step of steps) await play(game, step)
    await finish(game)
    return game.requests
  } catch (error) {
    const difference = error instanceof Error ? error.message : error
    throw new Error(`${game.story.join('\n  ')}\n${difference}`, { cause: error })
  } finally {
    game.open?.connection.destroy()
    await service.forget(opened)
  }
}

async function play(game: Game, step: Step): Promise<void> {
  switch (step.do) {
    case 'send':
      return sendWhole(game, prepareBytes(game, step.bytes, false))
    case 'begin': {
      const begun = await beginOrSend(game, prepareBytes(game, step.bytes, true), step.part, true)
      return begun ? game.service.arrived(begun.requestId, begun.connectionBytes) : undefined
    }
    case 'send and cut': {
      const begun = await beginOrSend(game, prepareBytes(game, step.bytes, true), step.part, false)
      return begun ? lose(game, begun, step.cut) : undefined
    }
    case 'continue':
      return game.open ? continueBody(game, game.open, step) : undefined
    case 'ask':
      return sendWhole(game, prepareQuestion(step, game.model))
    case 'send an unreadable range':
      return sendWhole(game, prepareUnreadable(step.range))
    case 'cancel': {
      const headers = { 'X-Request-Id': nextId(game) }
      const answer = await exchange(game.opened.uri, { method: 'DELETE', headers })
      game.story.push(`DELETE → ${describeAnswer(answer)}`)
      return compare(game, answer, cancel(game.model), false)
    }
    case 'HEAD':
    case 'DELETE':
      return askWithoutBody(game, step.do, step.by)
    case 'restart':
      if (game.service.restart === null) return
      game.story.push('the service is restarted')
      await game.service.restart()
      return becomes(game, interrupt(game.model))
  }
}

function prepareBytes({ model }: Game, step: BytesStep, isPart: boolean): Prepared {
  return step.kind === 'data' ? prepareData(step.data, model) : preparePatch(step.patch, model, isPart)
}

async function askWithoutBody(game: Game, method: 'HEAD' | 'DELETE', by: PatchProtocol): Promise<void> {
  game.requests++
  const sign = by === 'tus' ? { 'Tus-Resumable': '1.0.0' } : { 'Upload-Draft-Interop-Version': '8' }
  // With Node's client: the answer to HEAD may describe a body that does not come.
  const { status, headers, body } = await ietf.exchange(game.opened.uri, method, sign)
  const answer = { status, statusMessage: '', headers: headers as Answer['headers'], body }
  game.story.push(`${method} of ${by} → ${describeAnswer(answer)}`)
  const step =
    method === 'HEAD' ? receiveHeadRequest(game.model, by, CHECKSUMS) : receiveDelete(game.model, by)
  return compare(game, answer, step, false)
}

/** Queries the status, sends the missing bytes if possible, and reads the object. */
async function finish(game: Game): Promise<void> {
  if (game.open) await lose(game, game.open, 'closed')
  const question = { do: 'ask', total: '*', hash: null, no308: false } as const
  await play(game, question)
  if (game.model.state === 'open') {
    await sendWhole(game, prepareRest(game.model))
    await play(game, question)
  }
  const isRegistered = game.model.state === 'finished' && game.model.creator !== 'upload-url'
  assert.equal(await game.service.hasFile(game.opened), isRegistered)
  if (game.model.state !== 'finished') return
  const stored = await game.service.storedBytes(game.opened)
  assert.ok(stored.equals(game.model.held), 'the stored bytes are not those that were sent')
}

function nextId(game: Game): string {
  game.requests++
  return `${game.opened.uploadId}.${game.requests}`
}

/** Sets the session of the model after a step that ends an open request, and closes the connection of that request. */
async function becomes(game: Game, after: Session): Promise<void> {
  const { model, open } = game
  game.model = after
  if (!open || model.writer === null || after.writer === model.writer) return
  game.open = null
  await open.connection.closed()
  await game.service.over(open.requestId)
  open.connection.destroy()
}

async function compare(game: Game, answer: Answer, { session, answer: expected }: ModelStep, no308: boolean) {
  await becomes(game, session)
  if (expected === null) throw new Error('an answer came where none is due')
  assertAnswer(answer, expected, { opened: game.opened, session, no308 })
  if (expected.kind !== 'object') return
  game.firstObject ??= answer.body
  assert.equal(answer.body, game.firstObject)
}

async function sendWhole(game: Game, prepared: Prepared): Promise<void> {
  const request = withId(prepared.request, nextId(game))
  const answer = await exchange(game.opened.uri, { ...request, body: prepared.body })
  game.story.push(`${describe(prepared)} → ${describeAnswer(answer)}`)
  const headed = prepared.receive(game.model)
  const step = headed.answer ? headed : prepared.end(receiveBody(headed.session, prepared.body))
  await compare(game, answer, step, prepared.no308)
}

/** Sends a part of the body when the model accepts the request; otherwise all of it, to compare the refusal. */
async function beginOrSend(
  game: Game,
  prepared: Prepared,
  part: number,
  isAwaited: boolean,
): Promise<OpenRequest | null> {
  const { answer, session } = prepared.receive(game.model)
  const bytes = partOf(prepared, 0, part)
  if (answer || bytes < 0) {
    await sendWhole(game, prepared)
    return null
  }
  const requestId = nextId(game)
  const connection = await openConnection(game.opened.uri)
  const head = requestHead(game.opened.uri, withId(prepared.request, requestId), prepared.body.length)
  const begun = { ...prepared, connection, requestId, sentBytes: 0, connectionBytes: head.length }
  await connection.write(head)
  // The service must have accepted the first request, so that the second one is the newer one.
  if (isAwaited) await game.service.arrived(requestId, head.length)
  game.story.push(`${describe(prepared)}, of which ${bytes} are sent`)
  await becomes(game, session)
  game.open = begun
  await sendMore(game, begun, bytes)
  return begun
}

async function sendMore(game: Game, request: OpenRequest, bytes: number): Promise<void> {
  const piece = request.body.subarray(request.sentBytes, request.sentBytes + bytes)
  const encoded = request.request.transfer === 'chunked' ? encodeChunks(piece) : piece
  request.sentBytes += bytes
  request.connectionBytes += encoded.length
  await request.connection.write(encoded)
  game.model = receiveBody(game.model, piece)
}

async function lose(game: Game, request: OpenRequest, cut: Cut): Promise<void> {
  game.story.push(`its connection is ${cut}`)
  if (cut === 'closed') request.connection.destroy()
  else request.connection.end()
  await game.service.over(request.requestId)
  request.connection.destroy()
  game.open = null
  game.model = interrupt(game.model)
}

async function continueBody(
  game: Game,
  request: OpenRequest,
  { part, ends }: Step & { do: 'continue' },
): Promise<void> {
  const leftBytes = request.body.length - request.sentBytes
  const bytes = ends === 'cleanly' ? leftBytes : partOf(request, request.sentBytes, part)
  game.story.push(`that request continues with ${bytes} bytes`)
  await sendMore(game, request, bytes)
  if (ends === 'not') return game.service.arrived(request.requestId, request.connectionBytes)
  if (ends !== 'cleanly') return lose(game, request, ends)
  if (request.request.transfer === 'chunked') await request.connection.write(LAST_CHUNK)
  const answer = await finalAnswer(request.connection)
  game.story.push(`and ends → ${describeAnswer(answer)}`)
  game.open = null
  request.connection.destroy()
  await compare(game, answer, request.end(game.model), request.no308)
}

/** Returns the bytes of `part` of the body after `from`. With an announced length, at least one byte stays unsent. */
function partOf({ body, request }: Prepared, from: number, part: number): number {
  const leftBytes = body.length - from
  const mostBytes = request.transfer === 'chunked' ? leftBytes : leftBytes - 1
  return Math.min(Math.floor(leftBytes * part), mostBytes)
}

function withId(request: Request, id: string): Request {
  return { ...request, headers: { ...request.headers, 'X-Request-Id': id } }
}

function describe({ request, body }: Prepared): string {
  const { method, range, headers, transfer } = request
  const facts = Object.entries(headers ?? {}).map(([name, value]) => `${name}: ${value}`)
  return `${method} ${[range ?? 'no range', ...facts].join(', ')}, ${body.length} bytes (${transfer})`
}

const MAX_BODY_SHOWN = 120

function describeAnswer({ status, headers, body }: Answer): string {
  return [status, headers.range ?? headers['upload-offset'], body.slice(0, MAX_BODY_SHOWN)]
    .filter(Boolean)
    .join(' ')
}

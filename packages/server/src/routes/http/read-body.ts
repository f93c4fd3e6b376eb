import type { IncomingMessage } from 'node:http'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { ServiceError } from '../../domain/errors.ts'
import { giveBack } from '../../domain/give-back.ts'
import type { Connections } from './connections.ts'

declare module 'fastify' {
  interface FastifyInstance {
    bodies: BodyReader
  }
}

export interface BodyLimits {
  readonly maxBytes: number
  /** From the first look at the body until its end. */
  readonly maxMs: number
  /** For the bodies of all requests together. */
  readonly budgetBytes: number
}

export interface BodyReader {
  /**
   * Reads the whole body into memory for `use`, whose result it gives back. The bytes are gone afterwards.
   * Throws REQUEST_TOO_LARGE, REQUEST_TIMEOUT, SERVICE_UNAVAILABLE when other bodies have used the budget up, and
   * INVALID_REQUEST for a body that stops early.
   */
  read<T>(request: FastifyRequest, use: (bytes: Buffer) => T): Promise<T>
  /**
   * Counts bytes that a parser may hold while it waits for more of the body. The function that it returns ends that.
   * Throws SERVICE_UNAVAILABLE.
   */
  hold(request: FastifyRequest, bytes: number): () => void
}

/** The first bytes of a body, which the budget does not count: usual requests pass when large ones have used it up. */
const FREE_BYTES = 2048
/**
 * Bodies of one organization that may be waited for at once. Most bodies are here before the key has been looked up, and
 * the server does not wait for them at all.
 */
const MAX_WAITS = 128

/** Offers `app.bodies` to the routes. */
export function addBodyReader(app: FastifyInstance, limits: BodyLimits, connections: Connections): void {
  app.decorate('bodies', createBodyReader(limits, connections))
}

/** Counts the bodies of each organization that are waited for; refuses those that are too many. */
function createWaits(connections: Connections) {
  const counts = new Map<string, number>()
  return {
    begin: ({ raw, apiKey }: FastifyRequest): (() => void) => {
      // Its bytes are here already.
      if (raw.complete) return () => {}
      const organizationId = apiKey?.organizationId ?? ''
      const count = counts.get(organizationId) ?? 0
      if (count >= MAX_WAITS) throw busy()
      counts.set(organizationId, count + 1)
      const endWait = connections.beginWait(raw.socket)
      return () => {
        endWait()
        const left = (counts.get(organizationId) ?? 1) - 1
        if (left > 0) counts.set(organizationId, left)
        else counts.delete(organizationId)
      }
    },
  }
}

/** Reads bodies that an operation needs as a whole, with a bound on the memory that all of them take together. */
function createBodyReader(limits: BodyLimits, connections: Connections): BodyReader {
  const { maxBytes, maxMs, budgetBytes } = limits
  const waits = createWaits(connections)
  let heldBytes = 0

  const reserve = (bytes: number) => {
    if (heldBytes + bytes > budgetBytes) throw busy()
    heldBytes += bytes
  }

  const createBuffer = () => {
    let buffer = Buffer.allocUnsafeSlow(FREE_BYTES)
    let length = 0
    const grow = (neededBytes: number) => {
      const capacity = Math.min(Math.max(neededBytes, buffer.length * 2), maxBytes)
      reserve(capacity - buffer.length)
      const grown = Buffer.allocUnsafeSlow(capacity)
      buffer.copy(grown, 0, 0, length)
      giveBack(buffer)
      buffer = grown
    }
    return {
      /** Copies the piece: one of a few bytes would hold a buffer of its own, many times as large. */
      add: (piece: Buffer) => {
        if (length + piece.length > maxBytes) throw tooLarge(maxBytes)
        if (length + piece.length > buffer.length) grow(length + piece.length)
        length += piece.copy(buffer, length)
        giveBack(piece)
      },
      bytes: () => buffer.subarray(0, length),
      release: () => {
        heldBytes -= buffer.length - FREE_BYTES
        giveBack(buffer)
      },
    }
  }

  return {
    read: async (request, use) => {
      if (Number(request.headers['content-length'] ?? 0) > maxBytes) throw tooLarge(maxBytes)
      const endWait = waits.begin(request)
      const buffer = createBuffer()
      try {
        await readPieces(request.raw, maxMs, buffer.add)
        return use(buffer.bytes())
      } finally {
        endWait()
        buffer.release()
      }
    },
    hold: (request, bytes) => {
      const endWait = waits.begin(request)
      try {
        reserve(bytes)
      } catch (error) {
        endWait()
        throw error
      }
      return () => {
        heldBytes -= bytes
        endWait()
      }
    },
  }
}

/** Hands over each piece until the body ends. Rejects with the first error of `take`; the body stays open then. */
function readPieces(request: IncomingMessage, maxMs: number, take: (piece: Buffer) => void): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const onData = (piece: Buffer) => {
    try {
      take(piece)
    } catch (error) {
      reject(error)
    }
  }
  const onEnd = () => resolve()
  const onClose = () => reject(new ServiceError('INVALID_REQUEST', 'the body stopped early'))
  const onTime = () =>
    reject(new ServiceError('REQUEST_TIMEOUT', `the body took longer than ${maxMs / 1000} s`))
  const timer = setTimeout(onTime, maxMs)
  request.on('error', onClose)
  request.on('data', onData).on('end', onEnd).on('close', onClose)
  if (request.readableEnded) onEnd()
  else if (request.destroyed) onClose()
  return promise.finally(() => {
    clearTimeout(timer)
    request.pause()
    request.off('data', onData).off('end', onEnd).off('close', onClose)
  })
}

function tooLarge(maxBytes: number): ServiceError {
  return new ServiceError('REQUEST_TOO_LARGE', `a body may have ${maxBytes} bytes here`)
}

function busy(): ServiceError {
  return new ServiceError('SERVICE_UNAVAILABLE', 'the bodies of other requests take all the memory for them')
}

import type { IncomingMessage } from 'node:http'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { ServiceError } from '../../domain/errors.ts'
import { releaseBuffer } from '../../platform/release-buffer.ts'
import { takeArrived } from './arrived-body.ts'
import type { Connections } from './connections.ts'

declare module 'fastify' {
  interface FastifyInstance {
    bodies: BodyReader
  }
}

export interface BodyLimits {
  readonly maxBytes: number
  /** Time limit from the start of reading to the end of the body. */
  readonly maxMs: number
  /** Memory budget for the bodies of all requests. */
  readonly budgetBytes: number
  /** Time limit and budget of routes with their own, larger limit of a body. */
  readonly large: { readonly maxMs: number; readonly budgetBytes: number }
}

export interface BodyReader {
  /**
   * Reads the complete body into memory, calls `use` and returns its result. The bytes are released afterwards.
   * `maxBytes` replaces the usual limit. Throws REQUEST_TOO_LARGE, REQUEST_TIMEOUT, SERVICE_UNAVAILABLE when other
   * bodies use up the budget, and INVALID_REQUEST for an incomplete body.
   */
  read<T>(request: FastifyRequest, use: (bytes: Buffer) => T, maxBytes?: number): Promise<T>
  /**
   * Counts bytes that a parser may buffer while it waits for more of the body. Returns the function that releases them.
   * Throws SERVICE_UNAVAILABLE.
   */
  hold(request: FastifyRequest, bytes: number): () => void
}

/** First bytes of a body, which the budget does not count: small requests pass when large ones use up the budget. */
const FREE_BYTES = 2048
/**
 * Upper bound of bodies of one organization that the server waits for concurrently. Most bodies have arrived before the
 * key is looked up, and need no wait.
 */
const MAX_WAITS = 128

/** Adds `app.bodies` for the routes. */
export function addBodyReader(app: FastifyInstance, limits: BodyLimits, connections: Connections): void {
  app.decorate('bodies', createBodyReader(limits, connections))
}

/** Creates the count of awaited bodies per organization, which refuses those beyond the limit. */
function createWaits(connections: Connections) {
  const counts = new Map<string, number>()
  return {
    begin: ({ raw, caller }: FastifyRequest): (() => void) => {
      // All bytes have arrived.
      if (raw.complete) return () => {}
      const organizationId = caller?.organizationId ?? ''
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

type Budget = ReturnType<typeof createBudget>

function createBudget(maxBytes: number) {
  let heldBytes = 0
  return {
    reserve: (bytes: number) => {
      if (heldBytes + bytes > maxBytes) throw busy()
      heldBytes += bytes
    },
    release: (bytes: number) => {
      heldBytes -= bytes
    },
  }
}

/** Creates a reader of complete bodies with a limit on their total memory. */
function createBodyReader(limits: BodyLimits, connections: Connections): BodyReader {
  const waits = createWaits(connections)
  const usual = createBudget(limits.budgetBytes)
  const large = createBudget(limits.large.budgetBytes)

  const createBuffer = (maxBytes: number, budget: Budget) => {
    let buffer = Buffer.allocUnsafeSlow(FREE_BYTES)
    let length = 0
    const grow = (neededBytes: number) => {
      const capacity = Math.min(Math.max(neededBytes, buffer.length * 2), maxBytes)
      budget.reserve(capacity - buffer.length)
      const grown = Buffer.allocUnsafeSlow(capacity)
      buffer.copy(grown, 0, 0, length)
      releaseBuffer(buffer)
      buffer = grown
    }
    return {
      /** Copies the piece: a few bytes can keep a much larger buffer in memory. */
      add: (piece: Buffer) => {
        if (length + piece.length > maxBytes) throw tooLarge(maxBytes)
        if (length + piece.length > buffer.length) grow(length + piece.length)
        length += piece.copy(buffer, length)
        releaseBuffer(piece)
      },
      bytes: () => buffer.subarray(0, length),
      release: () => {
        budget.release(buffer.length - FREE_BYTES)
        releaseBuffer(buffer)
      },
    }
  }

  return {
    read: async (request, use, maxBytes = limits.maxBytes) => {
      if (Number(request.headers['content-length'] ?? 0) > maxBytes) throw tooLarge(maxBytes)
      const arrived = takeArrived(request.raw)
      if (arrived !== null) return useOnce(arrived, use)
      const endWait = waits.begin(request)
      const isLarge = maxBytes > limits.maxBytes
      const buffer = createBuffer(maxBytes, isLarge ? large : usual)
      try {
        await readPieces(request.raw, isLarge ? limits.large.maxMs : limits.maxMs, buffer.add)
        return use(buffer.bytes())
      } finally {
        endWait()
        buffer.release()
      }
    },
    hold: (request, bytes) => {
      const endWait = waits.begin(request)
      try {
        usual.reserve(bytes)
      } catch (error) {
        endWait()
        throw error
      }
      return () => {
        usual.release(bytes)
        endWait()
      }
    },
  }
}

function useOnce<T>(bytes: Buffer, use: (bytes: Buffer) => T): T {
  try {
    return use(bytes)
  } finally {
    releaseBuffer(bytes)
  }
}

/** Passes each piece to `take` until the body ends. Rejects with the first error of `take`, and leaves the body open. */
function readPieces(request: IncomingMessage, maxMs: number, take: (piece: Buffer) => void): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const onData = (piece: Buffer) => {
    try {
      take(piece)
    } catch (error) {
      reject(error)
    }
  }
  // Node emits "close" right after "end", before the promise is handled.
  const onEnd = () => {
    request.off('close', onClose)
    resolve()
  }
  const onClose = () => reject(new ServiceError('INVALID_REQUEST', 'the body is incomplete'))
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
  return new ServiceError('REQUEST_TOO_LARGE', `the body may have at most ${maxBytes} bytes`)
}

function busy(): ServiceError {
  return new ServiceError('SERVICE_UNAVAILABLE', 'other request bodies use all the memory for bodies')
}

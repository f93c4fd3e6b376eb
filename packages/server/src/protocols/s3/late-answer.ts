import type { IncomingMessage } from 'node:http'
import { Readable } from 'node:stream'
import { DECLARATION } from './xml/render-xml.ts'

/** Time without a byte of the response that every client and proxy accepts. */
const SILENCE_MS = 5000

/**
 * Waits for the result of an operation. Returns false when it takes long, and the body of its request has arrived: the
 * client may then get a response that begins before the result.
 */
export async function isEarly(request: IncomingMessage, result: Promise<unknown>): Promise<boolean> {
  while (!(await isSettled(result))) if (request.complete) return false
  return true
}

/**
 * Returns the body of a response that begins before its document: spaces follow the XML declaration, which must come
 * first, and keep the connection.
 */
export function lateBody(document: Promise<string>): Readable {
  // The client may leave before its end.
  document.catch(() => {})
  return Readable.from(spacesBefore(document))
}

async function* spacesBefore(document: Promise<string>): AsyncGenerator<string> {
  yield DECLARATION
  do yield ' '
  while (!(await isSettled(document)))
  const xml = await document
  yield xml.startsWith(DECLARATION) ? xml.slice(DECLARATION.length) : xml
}

/** Returns true as soon as the promise is settled, and false when it is not after a while. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  const { promise: first, resolve } = Promise.withResolvers<boolean>()
  const settle = () => resolve(true)
  promise.then(settle, settle)
  const timer = setTimeout(resolve, SILENCE_MS, false)
  try {
    return await first
  } finally {
    clearTimeout(timer)
  }
}

import assert from 'node:assert/strict'
import type { Caller } from '../caller.ts'
import type { TestServer } from '../start-server.ts'

// biome-ignore lint/suspicious/noExplicitAny: a JSON answer has the shape that the test asserts
export type Json = any

/** Calls the API below the organization's URL with its key, and asserts the expected status. */
export type JsonApi = (method: string, path: string, expected: number, body?: object) => Promise<Json>

export function createJsonApi({ baseUrl, apiKey }: TestServer, caller: Caller): JsonApi {
  return async (method, path, expected, body) => {
    const reply = await caller.call({
      method,
      url: `${baseUrl}${path}`,
      headers: { 'X-API-Key': apiKey, ...(body && { 'Content-Type': 'application/json' }) },
      ...(body && { body: Buffer.from(JSON.stringify(body)) }),
    })
    assert.equal(reply?.status, expected, `${method} ${path}: ${reply?.body}`)
    return reply.body.length === 0 ? null : JSON.parse(reply.body.toString())
  }
}

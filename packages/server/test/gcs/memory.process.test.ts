import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { it } from 'node:test'
import type { FileAnswer } from '../clients/api.ts'
import { startGoogleServer } from './google-server.ts'

const SIZE_BYTES = 200_000_000
/** Limit of the memory in bytes, twice what the process needs without a body. A kept body would exceed it. */
const LIMIT_BYTES = 320_000_000

const skip = process.platform !== 'linux' && 'the memory of a process is read from /proc'

it('a direct upload to Google is streamed and not kept in memory', { skip }, async () => {
  const all = await startGoogleServer({ DIRECT_UPLOAD_MAX_BYTES: String(SIZE_BYTES) })
  try {
    const form = new FormData()
    form.append('file', new Blob([Buffer.alloc(SIZE_BYTES)], { type: 'application/octet-stream' }), 'a.bin')
    const { baseUrl, apiKey, pid } = all.server
    const headers = { 'x-api-key': apiKey }
    const answer = await fetch(`${baseUrl}/files/upload`, { method: 'POST', headers, body: form })
    assert.equal(answer.status, 201)
    assert.equal(((await answer.json()) as FileAnswer).file_size, SIZE_BYTES)
    const status = await readFile(`/proc/${pid}/status`, 'utf8')
    const peakBytes = Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024
    assert.ok(peakBytes < LIMIT_BYTES, `${Math.round(peakBytes / 1e6)} MB`)
  } finally {
    await all.stop()
  }
})

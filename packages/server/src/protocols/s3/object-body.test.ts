import assert from 'node:assert/strict'
import { once } from 'node:events'
import { PassThrough } from 'node:stream'
import { finished } from 'node:stream/promises'
import { describe, it } from 'node:test'
import { openCopiedBody } from './object-body.ts'

describe('bytes of a part', () => {
  it('have the checksum that the upload needs', async () => {
    const source = new PassThrough()
    source.end('123456789')
    const { stream, digests } = openCopiedBody(source, 'CRC64NVME')
    await finished(stream.resume())
    assert.deepEqual(digests().checksum, { algorithm: 'CRC64NVME', value: 'rosUhgp5mIg=' })
  })

  it('fail when their source was closed before they were opened', async () => {
    const source = new PassThrough()
    source.destroy()
    await once(source, 'close')
    const { stream } = openCopiedBody(source, 'SHA256')
    await assert.rejects(finished(stream), /incomplete/)
  })
})

import assert from 'node:assert/strict'
import { createReadStream } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import type OpenAI from 'openai'
import { startApp, type TestApp } from '../start-app.ts'
import { STOCK_CLIENTS } from './stock-clients.ts'

const PURPOSES = ['assistants', 'batch', 'fine-tune', 'vision', 'user_data', 'evals'] as const
const MIB = 1024 * 1024

describe('Files with the stock client', () => {
  let server: TestApp
  let folder: string

  before(async () => {
    server = await startApp({ env: { OPENAI_FILE_MAX_BYTES: String(24 * MIB) } })
    folder = await mkdtemp(join(tmpdir(), 'waybill-openai-'))
  })
  after(async () => {
    await server?.stop()
    await rm(folder, { recursive: true, force: true })
  })

  for (const { name, create, toFile } of STOCK_CLIENTS) {
    describe(name, () => {
      let client: OpenAI

      before(() => {
        client = create({ apiKey: server.apiKey, baseURL: `${server.url}/v1` })
      })

      const upload = async (text: string, filename = 'a note.txt', rest: object = {}) =>
        client.files.create({
          file: await toFile(Buffer.from(text), filename),
          purpose: 'user_data',
          ...rest,
        })

      it('uploads a buffer with every purpose and gets it back', async () => {
        for (const purpose of PURPOSES) {
          const file = await upload('hello', 'Ärger "1".txt', { purpose })
          assert.match(file.id, /^file-[0-9a-f]{32}$/)
          assert.equal(file.filename, 'Ärger "1".txt')
          assert.deepEqual(
            [file.object, file.purpose, file.status, file.bytes],
            ['file', purpose, 'processed', 5],
          )
          assert.deepEqual(await client.files.retrieve(file.id), file)
          const content = await client.files.content(file.id)
          assert.equal(content.headers.get('content-type'), 'text/plain')
          assert.match(content.headers.get('content-disposition') ?? '', /^attachment/)
          assert.equal(await content.text(), 'hello')
        }
      })

      it('uploads a stream of unknown length', async () => {
        const path = join(folder, 'large.bin')
        const bytes = Buffer.alloc(17 * MIB, name)
        await writeFile(path, bytes)
        const file = await client.files.create({ file: createReadStream(path), purpose: 'assistants' })
        assert.equal(file.bytes, bytes.length)
        assert.equal(file.filename, 'large.bin')
        const content = await (await client.files.content(file.id)).arrayBuffer()
        assert.ok(bytes.equals(Buffer.from(content)))
      })

      it('gets the status 413 for a stream beyond the limit, and nothing remains', async () => {
        const path = join(folder, 'too-large.bin')
        await writeFile(path, Buffer.alloc(25 * MIB))
        const before = (await client.files.list()).data.length
        await assert.rejects(client.files.create({ file: createReadStream(path), purpose: 'vision' }), {
          status: 413,
          code: 'file_too_large',
        })
        assert.equal((await client.files.list()).data.length, before)
      })

      it('gets the reason of a refusal for a body that is still on its way', async () => {
        const path = join(folder, 'refused.bin')
        await writeFile(path, Buffer.alloc(20 * MIB))
        const stranger = create({ apiKey: 'oak_live_wrong', baseURL: `${server.url}/v1` })
        await assert.rejects(stranger.files.create({ file: createReadStream(path), purpose: 'vision' }), {
          status: 401,
          code: 'invalid_api_key',
        })
        await assert.rejects(
          client.files.create({ file: createReadStream(path), purpose: 'nothing' as 'vision' }),
          { status: 400, code: 'invalid_value', param: 'purpose' },
        )
      })

      it('uploads what fetch received, with its type', async () => {
        const response = new Response('{"a":1}', { headers: { 'content-type': 'application/json' } })
        const file = await client.files.create({ file: await toFile(response, 'a.json'), purpose: 'batch' })
        const content = await client.files.content(file.id)
        assert.equal(content.headers.get('content-type'), 'application/json')
      })

      it('gets the expiry that it asked for', async () => {
        const file = await upload('short', 'short.txt', {
          expires_after: { anchor: 'created_at', seconds: 3600 },
        })
        assert.equal((file as unknown as { expires_at: number }).expires_at, file.created_at + 3600)
      })

      it('deletes each File while it iterates over pages of them', async () => {
        const mine: string[] = []
        for (let index = 0; index < 7; index++)
          mine.push((await upload(String(index), 'page.txt', { purpose: 'evals' })).id)
        const seen: string[] = []
        for await (const file of client.files.list({ purpose: 'evals', limit: 2, order: 'asc' })) {
          seen.push(file.id)
          const deleted = await ('delete' in client.files
            ? client.files.delete(file.id)
            : (client.files as unknown as { del: OpenAI['files']['delete'] }).del(file.id))
          assert.deepEqual(deleted, { id: file.id, object: 'file', deleted: true })
        }
        assert.deepEqual(
          seen.filter((id) => mine.includes(id)),
          mine,
        )
        await assert.rejects(client.files.retrieve(mine[0] ?? ''), { status: 404 })
      })

      it('ends its wait for the processing at once', async () => {
        const file = await upload('ready')
        const ready = await client.files.waitForProcessing(file.id)
        assert.equal(ready.status, 'processed')
      })

      it('gets an error with the id of the request', async () => {
        await assert.rejects(
          client.files.retrieve('file-unknown'),
          (error: InstanceType<typeof OpenAI.APIError>) => {
            assert.equal(error.status, 404)
            assert.equal(error.type, 'invalid_request_error')
            assert.equal(error.param, 'id')
            assert.match(error.message, /No such File object: file-unknown/)
            return true
          },
        )
      })
    })
  }
})

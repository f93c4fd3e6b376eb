import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { statSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { after, afterEach, before, describe, it } from 'node:test'
import { isData, type SeenRequest } from '../../../sdk/test/faulty-proxy.ts'
import { startService, type TestService } from '../../../sdk/test/start-service.ts'
import { eventually } from '../../../server/test/clients/eventually.ts'
import { createRandomFile, MIB, type RandomFile } from '../../../server/test/clients/random-file.ts'
import { endOf, startWaybill } from '../run-waybill.ts'

/** Size of a file with two chunks. */
const LARGE_BYTES = 20 * MIB + 777
const isDownload = ({ path }: SeenRequest) => path.includes('/download?')

describe('waybill as a client in a process', () => {
  let service: TestService
  let large: RandomFile
  let folder: string
  before(async () => {
    service = await startService({ isOnDisk: true })
    folder = service.folder
    large = await createRandomFile(folder, 'large', LARGE_BYTES)
  })
  after(() => service.stop())
  afterEach(() => service.proxy.reset())

  const start = (args: readonly string[], env: NodeJS.ProcessEnv = {}) => startWaybill(service, args, env)
  async function waybill(
    args: readonly string[],
    input: string | Uint8Array = '',
    env: NodeJS.ProcessEnv = {},
  ) {
    const child = start(args, env)
    child.stdin.end(input)
    return endOf(child)
  }
  it('uploads the standard input, and downloads to the standard output', async () => {
    const bytes = randomBytes(6 * MIB + 777)
    const sent = await waybill(['files', 'upload', '--json', '--name', 'in.bin', '-'], bytes)
    assert.equal(sent.code, 0, sent.stderr)
    const { id, original_filename } = JSON.parse(sent.stdout)[0].file
    assert.equal(original_filename, 'in.bin')
    const got = await waybill(['files', 'download', id, '-o', '-'])
    assert.ok(got.bytes.equals(bytes))
  })

  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    it(`keeps the session at ${signal}, and the same command goes on`, async () => {
      const file = await createRandomFile(folder, `kept-${signal}`, LARGE_BYTES)
      let chunks = 0
      service.proxy.setFault((seen) => (isData(seen) && ++chunks > 1 ? { kind: 'hang' } : null))
      const child = start(['files', 'upload', file.path])
      const end = endOf(child)
      await eventually('the second chunk', () => chunks > 1)
      child.kill(signal)
      const { code, stderr } = await end
      assert.equal(code, 130)
      assert.match(stderr, /^Interrupted: 0 of 1 files uploaded\. Run the same command again to resume\.$/m)
      service.proxy.reset()
      const again = await waybill(['files', 'upload', file.path])
      assert.match(again.stdout, /^file_/)
      const sent = service.proxy.seen.filter(isData).reduce((sum, { bodyBytes }) => sum + bodyBytes, 0)
      assert.ok(sent < LARGE_BYTES / 2, `${sent} bytes were sent again`)
    })
  }

  it('goes on with a download after an interruption', async () => {
    const file = await service.client().files.upload(large.path, { filename: 'down.bin' })
    const part = join(folder, `down.bin.${file.id}.part`)
    const hasPart = () => (statSync(part, { throwIfNoEntry: false })?.size ?? 0) > 0
    let bodies = 0
    service.proxy.setFault((seen) => {
      if (!isDownload(seen)) return null
      return bodies++ === 0 ? { kind: 'cut-answer', afterBytes: 5 * MIB, until: hasPart } : { kind: 'hang' }
    })
    const child = start(['files', 'download', file.id])
    const end = endOf(child)
    await eventually('the second body', () => bodies > 1)
    child.kill('SIGINT')
    assert.equal((await end).code, 130)
    assert.ok(hasPart())
    service.proxy.reset()
    const { stdout, stderr } = await waybill(['files', 'download', file.id])
    assert.equal(stdout, 'down.bin\n', stderr)
    assert.match(String(service.proxy.seen.find(isDownload)?.headers.range), /^bytes=[1-9]/)
    assert.ok((await readFile(join(folder, 'down.bin'))).equals(await readFile(large.path)))
    assert.equal(
      (await readdir(folder)).some((name) => name.endsWith('.part')),
      false,
    )
  })

  it('completes commands and options in bash', async () => {
    const { stdout: script } = await waybill(['completion', 'bash'])
    const complete = async (...words: string[]) => {
      const list = words.map((word) => `'${word}'`).join(' ')
      const program = `${script}\nCOMP_WORDS=(${list}); COMP_CWORD=${words.length - 1}; _waybill; echo "\${COMPREPLY[@]}"`
      const bash = spawn('bash', ['-c', program], { stdio: ['ignore', 'pipe', 'inherit'] })
      return (await text(bash.stdout)).trim()
    }
    assert.equal(await complete('waybill', 'fil'), 'files')
    assert.equal(await complete('waybill', 'files', 'd'), 'download delete')
    assert.equal(await complete('waybill', 'keys', 'un'), 'unpause')
    assert.equal(await complete('waybill', 'files', 'upload', 'a.txt', '--re'), '--recursive --restart')
  })
})

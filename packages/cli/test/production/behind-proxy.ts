import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createRandomFile, createScratchFolder, sha256Of } from '../../../server/test/clients/random-file.ts'
import { runProgram } from '../../../server/test/clients/run-program.ts'
import { runWaybill, type TestServer } from '../../../server/test/start-server.ts'
import type { Finding } from '../../src/doctor/finding.ts'

const SIZE_BYTES = 100_000_000
const MIME_TYPE = 'application/octet-stream'

/** The faults that the real doctor finds through the URL; the disk of a test is any. */
export async function doctorsFaults(
  { dataDir, organizationId }: TestServer,
  url: string,
  env: Record<string, string>,
): Promise<Finding[]> {
  const options = ['--url', url, '--organization', organizationId, '--seconds', '3', '--json']
  const stdout = await runWaybill(dataDir, ['doctor', ...options], env).catch((error) => error.stdout)
  const findings: Finding[] = JSON.parse(stdout).findings
  assert.ok(findings.some(({ check }) => check === 'url'))
  return findings.filter(({ check, level }) => level !== 'ok' && check !== 'disk')
}

/** Uploads 100 MB with curl, interrupts it, resumes it, and fetches the file whole and in part. */
export async function assertUploadWorks(
  { apiKey, organizationId }: TestServer,
  url: string,
  options: readonly string[],
): Promise<void> {
  const folder = await createScratchFolder()
  const curl = async (...args: string[]) => runProgram('curl', ['-s', '-S', ...options, ...args])
  const api = async (path: string, body?: object) => {
    const json = ['-H', 'Content-Type: application/json', '-d', JSON.stringify(body)]
    const { stdout } = await curl(
      ...['-f', '-H', `X-API-Key: ${apiKey}`, ...(body ? json : [])],
      `${url}/v1/organizations/${organizationId}${path}`,
    )
    return JSON.parse(stdout)
  }
  try {
    const file = await createRandomFile(folder.path, 'video', SIZE_BYTES)
    const facts = { filename: 'video.bin', file_size: SIZE_BYTES, mime_type: MIME_TYPE }
    const { upload_url, gcs_path, file_id } = await api('/files/upload-url', facts)

    const cut = await curl('-m', '2', '--limit-rate', '10M', '-T', file.path, upload_url)
    assert.equal(cut.code, 28, 'the time limit of curl has interrupted it')
    const state = await curl('-i', '-X', 'PUT', '-H', 'Content-Range: bytes */*', upload_url)
    const [, last] = /^range: bytes=0-(\d+)/im.exec(state.stdout) ?? []
    assert.ok(Number(last) > 1_000_000, state.stdout)
    const resumed = await curl('-f', '-C', String(Number(last) + 1), '-T', file.path, upload_url)
    assert.equal(resumed.code, 0, resumed.stderr)
    await api('/files', { ...facts, gcs_path })

    const { download_url } = await api(`/files/${file_id}/content`)
    const part = join(folder.path, 'part')
    const whole = join(folder.path, 'whole')
    const head = await curl('-r', '50000000-50000999', '-D', '-', '-o', part, download_url)
    assert.match(head.stdout, /^HTTP\/\S+ 206[\s\S]*content-range: bytes 50000000-50000999\/100000000/i)
    assert.equal(sha256(await readFile(part)), await sha256Of(file.read(50_000_000, 50_001_000)))
    await curl('-f', '-o', whole, download_url)
    assert.equal(await sha256Of(createReadStream(whole)), file.sha256)
  } finally {
    await folder.remove()
  }
}

const RESUMED_BYTES = 6_000_000

/** Headers with which a client creates an upload and appends to it. */
const PROTOCOLS = {
  tus: {
    path: '/files/tus',
    create: ['Tus-Resumable: 1.0.0', `Upload-Length: ${RESUMED_BYTES}`],
    query: ['Tus-Resumable: 1.0.0'],
    append: ['Tus-Resumable: 1.0.0', 'Content-Type: application/offset+octet-stream'],
  },
  ietf: {
    path: '/files/resumable',
    create: ['Upload-Complete: ?0', 'Upload-Draft-Interop-Version: 8'],
    query: [],
    append: [
      'Upload-Complete: ?1',
      'Upload-Draft-Interop-Version: 8',
      'Content-Type: application/partial-upload',
    ],
  },
}

/** Uploads with curl in another protocol than Google's: creates an upload, interrupts an append, and resumes it. */
export async function assertProtocolWorks(
  protocol: keyof typeof PROTOCOLS,
  { apiKey, organizationId }: TestServer,
  url: string,
  options: readonly string[],
): Promise<void> {
  const { path, create, query, append } = PROTOCOLS[protocol]
  const folder = await createScratchFolder()
  const curl = async (headers: readonly string[], ...args: string[]) =>
    runProgram('curl', ['-s', '-S', ...options, ...headers.flatMap((header) => ['-H', header]), ...args])
  const key = `X-API-Key: ${apiKey}`
  const files = `${url}/v1/organizations/${organizationId}/files`
  try {
    const file = await createRandomFile(folder.path, protocol, RESUMED_BYTES)
    const creation = `${url}/v1/organizations/${organizationId}${path}`
    const created = await curl([key, ...create], '-i', '-X', 'POST', '-d', '', creation)
    const uri = headerOf(created.stdout, 'location')
    assert.ok(uri.startsWith(`${url}/upload/`), created.stdout)
    const patch = ['-i', '-X', 'PATCH']
    const first = [...append, 'Upload-Offset: 0']
    const cut = await curl(first, ...patch, '-m', '1', '--limit-rate', '2M', '-T', file.path, uri)
    assert.equal(cut.code, 28, 'the time limit of curl has interrupted it')
    const offset = Number(headerOf((await curl(query, '-I', uri)).stdout, 'upload-offset'))
    assert.ok(offset > 100_000, `${offset} bytes have arrived`)
    const rest = join(folder.path, 'rest')
    await writeFile(rest, (await readFile(file.path)).subarray(offset))
    const resumed = await curl([...append, `Upload-Offset: ${offset}`], ...patch, '-T', rest, uri)
    assert.equal(Number(headerOf(resumed.stdout, 'upload-offset')), RESUMED_BYTES)
    const fileId = headerOf(resumed.stdout, 'x-waybill-file-id')
    const { download_url } = JSON.parse((await curl([key], `${files}/${fileId}/content`)).stdout)
    const whole = join(folder.path, 'whole')
    await curl([], '-f', '-o', whole, download_url)
    assert.equal(await sha256Of(createReadStream(whole)), file.sha256)
  } finally {
    await folder.remove()
  }
}

/** The value of a header in the output of `curl -i`. */
function headerOf(response: string, name: string): string {
  const value = new RegExp(`^${name}: (.*?)\\r?$`, 'im').exec(response)?.[1]
  assert.ok(value, `${name} is missing: ${response}`)
  return value
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex')
}

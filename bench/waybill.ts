import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { inCheckout } from './checkout.ts'
import { type MeasuredProcess, startProcess } from './measured-process.ts'

export interface Waybill {
  readonly process: MeasuredProcess
  readonly url: string
  readonly filesUrl: string
  readonly apiKey: string
  readonly dataDirectory: string
}

export interface UploadTarget {
  readonly uploadUrl: string
  readonly objectName: string
}

/** An installation, with or without a running server. */
export interface Installation {
  readonly dataDirectory: string
  readonly apiKey: string
  readonly settings: Readonly<Record<string, string>>
}

export const ORGANIZATION = 'org_bench'
const FILENAME = 'bench.bin'
const TYPE = 'application/octet-stream'

function launcher(): string {
  return inCheckout('packages/cli/bin/waybill.js')
}

/** Creates an installation with one organization, and with limits that no measurement reaches. */
export async function createInstallation(
  directory: string,
  env: Readonly<Record<string, string>> = {},
): Promise<Installation> {
  const dataDirectory = join(directory, 'data')
  const settings = {
    DATA_DIR: dataDirectory,
    HOST: '127.0.0.1',
    PORT: '0',
    RATE_LIMIT_PER_MINUTE: '0',
    ...env,
  }
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [launcher(), 'organizations', 'create', '--id', ORGANIZATION, '--name', 'Bench', '--json'],
    { env: { ...process.env, ...settings } },
  )
  return { dataDirectory, apiKey: JSON.parse(stdout).api_key.key, settings }
}

/** Starts a server for an installation, with the command that users run. */
export async function serveInstallation({ dataDirectory, apiKey, settings }: Installation): Promise<Waybill> {
  const server = await startProcess(process.execPath, [launcher(), 'serve'], {
    env: settings,
    isReady: (line) => line.includes('"msg":"listening"'),
  })
  const { url } = JSON.parse(server.readyLine)
  return {
    process: server,
    url,
    filesUrl: `${url}/v1/organizations/${ORGANIZATION}/files`,
    apiKey,
    dataDirectory,
  }
}

/** Starts a server for a new installation in the folder. */
export async function startWaybill(
  directory: string,
  env: Readonly<Record<string, string>> = {},
): Promise<Waybill> {
  return serveInstallation(await createInstallation(directory, env))
}

/** Opens an upload session for `bytes` bytes and returns its URL. */
export async function createUpload(
  { filesUrl, apiKey }: Waybill,
  bytes: number,
  checksums: readonly string[] = [],
): Promise<UploadTarget> {
  const declaration = { filename: FILENAME, file_size: bytes, mime_type: TYPE }
  const body = { ...declaration, ...(checksums.length > 0 && { checksums }) }
  const answer = await fetch(`${filesUrl}/upload-url`, {
    method: 'POST',
    headers: { 'x-api-key': apiKey, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  if (answer.status !== 200) throw new Error(`upload-url answered ${answer.status}: ${await answer.text()}`)
  const { upload_url, gcs_path } = (await answer.json()) as { upload_url: string; gcs_path: string }
  return { uploadUrl: upload_url, objectName: gcs_path }
}

/** Registers a complete upload and returns the id of its File. */
export async function registerUpload(
  { filesUrl, apiKey }: Waybill,
  { objectName }: UploadTarget,
  bytes: number,
): Promise<string> {
  const body = { filename: FILENAME, gcs_path: objectName, file_size: bytes, mime_type: TYPE }
  const answer = await fetch(filesUrl, {
    method: 'POST',
    headers: { 'x-api-key': apiKey, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  if (answer.status !== 201) throw new Error(`register answered ${answer.status}: ${await answer.text()}`)
  return ((await answer.json()) as { id: string }).id
}

/** Returns a download URL, which needs no key. */
export async function downloadUrl({ filesUrl, apiKey }: Waybill, fileId: string): Promise<string> {
  const answer = await fetch(`${filesUrl}/${fileId}/content`, { headers: { 'x-api-key': apiKey } })
  return ((await answer.json()) as { download_url: string }).download_url
}

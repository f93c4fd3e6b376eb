import { randomBytes } from 'node:crypto'
import { probeName } from '@waybill/server/domain/files/object-name.ts'
import type { DelegatedStorage } from '@waybill/server/storage/object-storage.ts'
import { type CheckResult, failed, ok, warning } from './finding.ts'

const PROBE_BYTES = 1024
const URL_SECONDS = 60
/** Origin of the test requests when CORS_ORIGINS is "*". */
const ANY_PAGE = 'https://waybill-doctor.invalid'

/**
 * Uploads to and downloads from the storage provider directly, like clients do. Repeats both for each origin in
 * `corsOrigins`, because browsers need the provider's permission too.
 */
export async function checkProvider(
  storage: DelegatedStorage,
  corsOrigins: readonly string[],
): Promise<CheckResult[]> {
  const pages = corsOrigins.map((origin) => (origin === '*' ? ANY_PAGE : origin))
  const results: CheckResult[] = []
  for (const origin of [null, ...pages]) results.push(...(await checkExchange(storage, origin)))
  if (results.length > 0) return results
  const origins = corsOrigins.length === 0 ? '' : `, also from pages of ${corsOrigins.join(', ')}`
  return [ok(`A direct upload to the provider and a signed download URL work${origins}.`)]
}

async function checkExchange(storage: DelegatedStorage, origin: string | null): Promise<CheckResult[]> {
  const spec = { name: probeName(), contentType: 'text/plain' }
  const bytes = randomBytes(PROBE_BYTES)
  const headers = origin === null ? {} : { origin }
  const { sessionUri, handle } = await storage.uploads.create(spec, { sizeBytes: PROBE_BYTES, origin })
  try {
    const sent = await fetch(sessionUri, { method: 'PUT', body: bytes, headers })
    if (!sent.ok)
      return [failed('provider-upload', `The provider responded to an upload with ${sent.status}.`)]
    if (!isReadableBy(sent, origin)) return [corsProblem('provider-upload-cors', 'upload', origin)]
    const object = await storage.stat(spec.name)
    if (object === null)
      return [failed('provider-upload', 'The provider accepted an upload but has no object.')]
    const url = await storage.downloads.url(object, {
      expiresAtSeconds: Math.floor(Date.now() / 1000) + URL_SECONDS,
      contentType: spec.contentType,
      contentDisposition: 'attachment',
    })
    const fetched = await fetch(url, { headers })
    if (!fetched.ok) {
      const advice = "Check this machine's clock, and that the signing account may read objects."
      return [
        failed(
          'signed-url-refused',
          `The provider responded to a signed URL with ${fetched.status}. ${advice}`,
        ),
      ]
    }
    if (!bytes.equals(Buffer.from(await fetched.arrayBuffer()))) {
      return [
        failed(
          'provider-read-other',
          'A download from the provider returned other bytes than were uploaded.',
        ),
      ]
    }
    return isReadableBy(fetched, origin) ? [] : [corsProblem('provider-download-cors', 'download', origin)]
  } finally {
    await storage.uploads.cancel(handle)
    await storage.remove(spec.name)
  }
}

function isReadableBy({ headers }: Response, origin: string | null): boolean {
  const allowed = headers.get('access-control-allow-origin')
  return origin === null || allowed === '*' || allowed === origin
}

function corsProblem(code: string, transfer: 'upload' | 'download', origin: string | null): CheckResult {
  return warning(
    code,
    `Pages of ${origin} may call the API but cannot read the provider's response to a ${transfer}. Add the origin to the bucket's CORS configuration; see docs/google-cloud-storage.md (gcloud storage buckets update --cors-file).`,
  )
}

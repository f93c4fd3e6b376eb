import { randomBytes } from 'node:crypto'
import { probeName } from '@waybill/server/domain/files/object-name.ts'
import type { DelegatedStorage } from '@waybill/server/storage/object-storage.ts'
import { failed, ok, type Seen, warning } from './finding.ts'

const PROBE_BYTES = 1024
const URL_SECONDS = 60
/** Stands for every page where CORS_ORIGINS is «*». */
const ANY_PAGE = 'https://waybill-doctor.invalid'

/** Sends and fetches as clients do who go straight to the provider, from each page that may call the API too. */
export async function checkProvider(
  storage: DelegatedStorage,
  corsOrigins: readonly string[],
): Promise<Seen[]> {
  const pages = corsOrigins.map((origin) => (origin === '*' ? ANY_PAGE : origin))
  const seen: Seen[] = []
  for (const origin of [null, ...pages]) seen.push(...(await checkExchange(storage, origin)))
  if (seen.length > 0) return seen
  const whom = corsOrigins.length === 0 ? '' : `, also from pages of ${corsOrigins.join(', ')}`
  return [ok(`An upload straight to the provider and a signed download URL work${whom}.`)]
}

async function checkExchange(storage: DelegatedStorage, origin: string | null): Promise<Seen[]> {
  const spec = { name: probeName(), contentType: 'text/plain' }
  const bytes = randomBytes(PROBE_BYTES)
  const headers = origin === null ? {} : { origin }
  const { sessionUri, handle } = await storage.uploads.create(spec, { sizeBytes: PROBE_BYTES, origin })
  try {
    const sent = await fetch(sessionUri, { method: 'PUT', body: bytes, headers })
    if (!sent.ok) return [failed('provider-upload', `The provider answers an upload with ${sent.status}.`)]
    if (!isReadableBy(sent, origin)) return [cors('provider-upload-cors', 'upload', origin)]
    const object = await storage.stat(spec.name)
    if (object === null) return [failed('provider-upload', 'An upload made no object at the provider.')]
    const url = await storage.downloads.url(object, {
      expiresAtSeconds: Math.floor(Date.now() / 1000) + URL_SECONDS,
      contentType: spec.contentType,
      contentDisposition: 'attachment',
    })
    const fetched = await fetch(url, { headers })
    if (!fetched.ok) {
      const clock = 'Look at this machine’s clock, and whether the account that signs may read objects.'
      return [
        failed('signed-url-refused', `The provider answers a signed URL with ${fetched.status}. ${clock}`),
      ]
    }
    if (!bytes.equals(Buffer.from(await fetched.arrayBuffer()))) {
      return [failed('provider-read-other', 'A download from the provider is not what was uploaded.')]
    }
    return isReadableBy(fetched, origin) ? [] : [cors('provider-download-cors', 'download', origin)]
  } finally {
    await storage.uploads.cancel(handle)
    await storage.remove(spec.name)
  }
}

function isReadableBy({ headers }: Response, origin: string | null): boolean {
  const allowed = headers.get('access-control-allow-origin')
  return origin === null || allowed === '*' || allowed === origin
}

function cors(code: string, what: string, origin: string | null): Seen {
  return warning(
    code,
    `Pages of ${origin} may call the API, and cannot read the answer to a ${what} at the provider: name it in the bucket’s CORS configuration, as docs/google-cloud-storage.md shows (gcloud storage buckets update --cors-file).`,
  )
}

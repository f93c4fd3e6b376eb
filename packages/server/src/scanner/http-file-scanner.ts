import { signatureHeaders } from '../domain/webhooks/sign-webhook.ts'
import {
  type FileScanner,
  type GivenVerdict,
  type OfferedFile,
  SCAN_MS,
  ScannerStatusError,
} from './file-scanner.ts'

export interface FileScannerOptions {
  readonly url: string
  /** `whsec_` and a key in base64, as Standard Webhooks has it. */
  readonly secret: string
  /** Returns the absolute URL from which the scanner reads the bytes. */
  downloadUrl(file: OfferedFile): string
  now(): number
}

/** Bytes of an answer; a longer one is none. */
const MAX_ANSWER_BYTES = 16 * 1024
const MAX_REASON_LENGTH = 500

/** Creates a client of the operator's scanner. It calls only the URL of the settings, and follows no redirect. */
export function createFileScanner({ url, secret, downloadUrl, now }: FileScannerOptions): FileScanner {
  return {
    offer: async (file, signal) => {
      const body = JSON.stringify(toBody(file, downloadUrl(file)))
      const response = await fetch(url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'user-agent': 'Waybill-Scans',
          ...signatureHeaders(file.scanId, body, [secret], now()),
        },
        body,
        redirect: 'manual',
        signal: AbortSignal.any([signal, AbortSignal.timeout(SCAN_MS)]),
      })
      const text = await readText(response)
      if (response.status !== 200) throw new ScannerStatusError(response.status)
      return parseVerdict(text)
    },
  }
}

/** Returns the request of the scanner's contract. */
export function toBody(file: OfferedFile, downloadUrl: string) {
  return {
    file_id: file.fileId,
    organization_id: file.organizationId,
    filename: file.filename,
    mime_type: file.contentType,
    size: file.sizeBytes,
    ...(file.sha256 !== null && { sha256: file.sha256 }),
    download_url: downloadUrl,
  }
}

async function readText({ body }: Response): Promise<string> {
  const parts: Uint8Array[] = []
  let length = 0
  for await (const part of body ?? []) {
    parts.push(part)
    length += part.length
    if (length > MAX_ANSWER_BYTES) throw new Error(`the scanner answered more than ${MAX_ANSWER_BYTES} bytes`)
  }
  return Buffer.concat(parts).toString('utf8')
}

function parseVerdict(text: string): GivenVerdict {
  const { verdict, reason } = parseObject(text)
  if (verdict === 'clean') return { kind: 'clean', reason: null }
  if (verdict !== 'rejected') throw new Error('the scanner answered without a verdict of clean or rejected')
  return { kind: 'rejected', reason: typeof reason === 'string' ? toReason(reason) : null }
}

function parseObject(text: string): { readonly verdict?: unknown; readonly reason?: unknown } {
  try {
    return Object(JSON.parse(text))
  } catch {
    return {}
  }
}

/** Returns a reason that can be stored, logged and shown: one line of limited length; null when nothing is left. */
function toReason(text: string): string | null {
  const line = text.replace(/[\p{Cc}\p{Zl}\p{Zp}\p{Cs}]+/gu, ' ').trim()
  return line === '' ? null : Array.from(line).slice(0, MAX_REASON_LENGTH).join('')
}

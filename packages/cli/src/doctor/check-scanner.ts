import type { Config, ScannerChoice } from '@waybill/server/config.ts'
import { ScannerStatusError } from '@waybill/server/scanner/file-scanner.ts'
import { createFileScanner } from '@waybill/server/scanner/http-file-scanner.ts'
import { type CheckResult, failed, ok, warning } from './finding.ts'
import { reasonOf } from './run-checks.ts'

const MAX_MS = 30_000

/**
 * Offers a file that does not exist, as the service would. A scanner that works cannot read it, and gives no verdict.
 */
export async function checkScanner(
  { url, secret }: ScannerChoice,
  { publicUrl, host, port }: Pick<Config, 'publicUrl' | 'host' | 'port'>,
): Promise<CheckResult[]> {
  const origin = publicUrl ?? `http://${host}:${port}`
  const downloadUrl = () =>
    `${origin}/v1/organizations/org_doctor/files/file_doctor/download?token=none&expires=0`
  const scanner = createFileScanner({ url, secret, downloadUrl, now: Date.now })
  try {
    const { kind } = await scanner.offer(NO_FILE, AbortSignal.timeout(MAX_MS))
    const problem = `${url} answered "${kind}" for a file that does not exist: it judges files that it has not read.`
    return [warning('scanner-judges-unread', problem)]
  } catch (error) {
    if (!(error instanceof ScannerStatusError)) {
      const problem = `${url}: ${reasonOf(error)}. No file can become visible, unless FILE_SCAN_FAIL_OPEN=true. Check FILE_SCAN_URL.`
      return [failed('scanner-unusable', problem)]
    }
    const { status } = error
    if (status !== 401 && status !== 403)
      return [ok(`${url} answers, and gives no verdict on a missing file.`)]
    const problem = `${url} answered ${status}: it does not accept the signature. Check that it has the same FILE_SCAN_SECRET.`
    return [failed('scanner-refuses-signature', problem)]
  }
}

const NO_FILE = {
  ...{ scanId: `scan_${'0'.repeat(64)}`, organizationId: 'org_doctor', fileId: 'file_doctor' },
  ...{ filename: 'doctor.txt', contentType: 'text/plain', sizeBytes: 1, sha256: null },
  download: { token: 'none', expiresAtSeconds: 0 },
}

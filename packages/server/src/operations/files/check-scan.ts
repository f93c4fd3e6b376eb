import { ServiceError } from '../../domain/errors.ts'
import type { File } from '../../domain/files/file.ts'
import { type ChecksumAlgorithm, mergeAlgorithms } from '../../domain/uploads/checksums.ts'
import type { Context } from '../context.ts'
import type { Scans } from './create-scans.ts'
import type { DirectReservation } from './reserve-uploads.ts'

/** Code while the scan of a file goes on: SCAN_PENDING for a call that its client repeats alone, without the bytes. */
export type PendingCode = 'SCAN_PENDING' | 'SERVICE_UNAVAILABLE'

/**
 * Lets the scanner of the operator judge a stored file before its record makes it visible. Call it only when there is one:
 * a service without a scanner pays nothing.
 * Throws FILE_REJECTED, the pending code, and SERVICE_UNAVAILABLE when the scanner failed.
 */
export async function checkScan(scans: Scans, file: File, pendingCode: PendingCode): Promise<void> {
  const outcome = await scans.scan(file)
  switch (outcome.kind) {
    case 'clean':
    case 'unscanned':
      return
    case 'rejected':
      throw new ServiceError('FILE_REJECTED', rejection(outcome.reason), { filename: file.filename })
    case 'pending':
      throw new ServiceError(pendingCode, 'the scan of the file is not finished: repeat the request')
    case 'unavailable':
      throw new ServiceError(
        'SERVICE_UNAVAILABLE',
        'the scanner of files gave no verdict: repeat the request',
      )
  }
}

function rejection(reason: string | null): string {
  return reason === null ? 'the scanner rejected the file' : `the scanner rejected the file: ${reason}`
}

type ScanContext = Pick<Context, 'database' | 'log' | 'now'>

/**
 * Lets the scanner judge received files without upload sessions, at the same time. A rejected one has its event. The
 * caller removes the objects of all files when this throws, with `removeUnseen`.
 * Throws FILE_REJECTED, SERVICE_UNAVAILABLE.
 */
export async function checkReceived(
  context: ScanContext,
  scans: Scans,
  files: readonly File[],
): Promise<void> {
  const checks = await Promise.allSettled(files.map((file) => checkScan(scans, file, 'SERVICE_UNAVAILABLE')))
  const problems: unknown[] = []
  for (const [index, check] of checks.entries()) {
    if (check.status === 'fulfilled') continue
    const file = files[index]
    const isRejected = check.reason instanceof ServiceError && check.reason.code === 'FILE_REJECTED'
    if (isRejected && file !== undefined) await noteRejected(context, file, check.reason)
    // A client that repeats the request must know at once that it never succeeds.
    if (isRejected) problems.unshift(check.reason)
    else problems.push(check.reason)
  }
  if (problems.length > 0) throw problems[0]
}

async function noteRejected(
  { database, now }: ScanContext,
  { id: fileId, organizationId, filename, sizeBytes, contentType }: File,
  { code, message }: ServiceError,
): Promise<void> {
  const nowMs = now()
  await database.events.noteRejected(organizationId, {
    ...{ fileId, filename, sizeBytes, contentType, createdAtMs: nowMs, expiresAtMs: nowMs },
    failure: { code, message },
  })
}

/**
 * Returns the checksums that are computed for a direct upload: with a scanner also the SHA-256, by which a repeated upload
 * finds its verdict.
 */
export function directChecksums({
  limits,
  scans,
}: Pick<Context, 'limits' | 'scans'>): readonly ChecksumAlgorithm[] {
  const { uploadChecksums } = limits
  return scans === null ? uploadChecksums : mergeAlgorithms(uploadChecksums, ['sha256'])
}

/**
 * Removes an object that no record names: at once, or at the end of the scan that still reads it. Its bytes stay reserved
 * until then; `reservation` is null where that of a session has them, or where no scan can have begun.
 */
export async function removeUnseen(
  scans: Scans | null,
  { objectName, sizeBytes }: Pick<File, 'objectName' | 'sizeBytes'>,
  reservation: DirectReservation | null,
  remove: () => Promise<void>,
): Promise<void> {
  const removed = Promise.withResolvers<void>()
  const waits = scans?.afterScan(objectName, () => remove().finally(removed.resolve))
  if (waits) reservation?.keep(sizeBytes, removed.promise)
  else await remove()
}

/**
 * Returns the error of a request, as one that its client repeats when only bytes that wait for the scanner may have used up
 * the quota: those of the same client's last request are among them.
 */
export function soonWithinQuota(error: unknown, reservation: DirectReservation): unknown {
  const isQuota = error instanceof ServiceError && error.code === 'STORAGE_QUOTA_EXCEEDED'
  if (!isQuota || !reservation.isSoonFree()) return error
  const message = 'files that the scanner reads use up the quota: repeat the request'
  return new ServiceError('SERVICE_UNAVAILABLE', message, {}, { cause: error })
}

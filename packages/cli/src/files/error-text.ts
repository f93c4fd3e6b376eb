import {
  AuthenticationError,
  ConnectionError,
  FileChangedError,
  NotFoundError,
  PermissionError,
  WaybillError,
} from '@waybill/sdk'
import type { CommandIo } from '../command-io.ts'
import { printable } from './printable.ts'

const DISK_FULL: ReadonlySet<unknown> = new Set(['ENOSPC', 'EDQUOT'])
/** Reasons why the system refuses a path of this machine. */
const REFUSALS: ReadonlyMap<unknown, string> = new Map([
  ['EROFS', 'its file system is read-only'],
  ['EACCES', 'permission denied'],
  ['EPERM', 'permission denied'],
])

/** Uses of a path by calls of the system; other calls write to it. */
const CALLS: ReadonlyMap<unknown, string> = new Map([
  ['open', 'opened'],
  ...['scandir', 'stat', 'lstat'].map((call) => [call, 'read'] as const),
])

/** Facts about a command, on which the advice depends. */
export interface Given {
  /** True when it had the option `--type`. */
  readonly hasType?: boolean
  /** False when `--name` cannot be used, as for several files. */
  readonly canRename?: boolean
  /** False when the command has no option `--restart`. */
  readonly canRestart?: boolean
}

/** Facts about a command whose files keep their names, and that has no option `--restart`. */
export const KEEPS_NAMES: Given = { canRename: false, canRestart: false }

/** Returns the message of an error, with advice if there is any. */
export function errorText(io: CommandIo, error: unknown, given: Given = {}): string {
  if (!(error instanceof WaybillError)) {
    if (error instanceof Error && 'code' in error && DISK_FULL.has(error.code))
      return 'The disk of this machine is full. Free some space and run the same command again to resume.'
    return printable(refusalText(error) ?? (error instanceof Error ? error.message : String(error)))
  }
  const { message, systemMessage, traceId, status } = error
  // The library's own advice is for programs.
  const isAdvice = error instanceof FileChangedError
  const why = systemMessage === '' || status >= 500 || isAdvice ? '' : ` (${systemMessage})`
  const trace = traceId === null ? '' : ` [trace id ${traceId}]`
  return printable(`${message.replace(/\.$/, '')}${why}.${adviceOn(io, error, given)}${trace}`)
}

/** Returns the sentence for an error of the system that names a path; null for other errors. */
function refusalText(error: unknown): string | null {
  const { code, path, syscall } = error instanceof Error ? (error as NodeJS.ErrnoException) : {}
  const reason = REFUSALS.get(code)
  if (reason === undefined || path === undefined) return null
  return `${path} cannot be ${CALLS.get(syscall) ?? 'written'}: ${reason}.`
}

/** Returns an error for the output of programs. */
export function errorJson(io: CommandIo, error: unknown, given: Given = {}) {
  const { code, traceId } = error instanceof WaybillError ? error : { code: 'FAILED', traceId: null }
  return { code, message: errorText(io, error, given), trace_id: traceId }
}

function adviceOn(
  io: CommandIo,
  error: WaybillError,
  { hasType, canRename = true, canRestart = true }: Given,
): string {
  if (error instanceof AuthenticationError) {
    const isSet = Boolean(io.env.WAYBILL_API_KEY)
    return isSet
      ? ' The key comes from WAYBILL_API_KEY, which takes precedence over "waybill login".'
      : ' Use "waybill login" to store another key.'
  }
  if (error instanceof ConnectionError) return ' Is the URL correct, and is the service running?'
  if (error instanceof FileChangedError)
    return canRestart ? ' Use --restart to start the upload over.' : ' Run the same command again.'
  if (error.code === 'STORAGE_QUOTA_EXCEEDED') return ' Delete files, or ask the operator for a higher limit.'
  if (error.code === 'LAST_ADMIN_KEY') return ' Create another one with "waybill keys create --scopes admin".'
  if (error.code === 'API_KEY_NOT_FOUND') return ' "waybill keys list" shows the existing keys.'
  if (error.details.field === 'filename')
    return canRename ? ' Use --name to choose another name.' : ' Give the file another name.'
  if (error.details.field === 'scopes') return ' "waybill keys create --help" lists the scopes.'
  if (error.code === 'ORGANIZATION_ACCESS_DENIED') {
    return io.env.WAYBILL_ORGANIZATION
      ? ' The organization comes from WAYBILL_ORGANIZATION, which takes precedence over "waybill login".'
      : ' Choose the organization with "waybill login --organization".'
  }
  if (error instanceof PermissionError) return ' Use a key with the required scope.'
  if (error.code === 'FILE_TYPE_MISMATCH') return hasType ? '' : ' Use --type to set its content type.'
  if (error.code === 'FILE_NOT_FOUND')
    return ' "waybill files list" shows the existing files, and with --trashed those in the trash.'
  if (error.code === 'LINK_NOT_FOUND') return ' "waybill files links" shows the links of a file.'
  if (error.code === 'TOO_MANY_LINKS') return ' "waybill files unshare" deletes links.'
  if (error.code === 'VECTOR_STORE_NOT_FOUND') return ' "waybill stores list" shows the existing stores.'
  if (error.code === 'WEBHOOK_NOT_FOUND') return ' "waybill webhooks list" shows the existing webhooks.'
  if (error.code === 'DELIVERY_NOT_FOUND') return ' "waybill webhooks deliveries" shows those of a webhook.'
  if (error.code === 'FILE_NOT_IN_STORE') return ' "waybill stores add" adds it.'
  if (error instanceof NotFoundError) return ' Is the URL correct?'
  return ''
}

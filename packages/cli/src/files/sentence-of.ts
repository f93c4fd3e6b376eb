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

const FULL: ReadonlySet<unknown> = new Set(['ENOSPC', 'EDQUOT'])

/** Returns the error as a message, with advice when there is any. `hasType`: the command had the option `--type`. */
export function sentenceOf(io: CommandIo, error: unknown, hasType = false): string {
  if (!(error instanceof WaybillError)) {
    if (error instanceof Error && 'code' in error && FULL.has(error.code))
      return 'The disk of this machine is full. Free some space; the same command then resumes.'
    return printable(error instanceof Error ? error.message : String(error))
  }
  const { message, systemMessage, traceId, status } = error
  const why = systemMessage === '' || status >= 500 ? '' : ` (${systemMessage})`
  const trace = traceId === null ? '' : ` [trace id ${traceId}]`
  return printable(`${message.replace(/\.$/, '')}${why}.${adviceOn(io, error, hasType)}${trace}`)
}

function adviceOn(io: CommandIo, error: WaybillError, hasType: boolean): string {
  if (error instanceof AuthenticationError) {
    const isSet = Boolean(io.env.WAYBILL_API_KEY)
    return isSet
      ? ' WAYBILL_API_KEY comes before what "waybill login" stores.'
      : ' "waybill login" stores another key.'
  }
  if (error instanceof ConnectionError) return ' Is the URL correct, and is the service running?'
  if (error instanceof FileChangedError) return ' --restart begins its upload anew.'
  if (error.code === 'STORAGE_QUOTA_EXCEEDED') return ' Delete files, or ask the operator for more.'
  if (error.code === 'LAST_ADMIN_KEY') return ' "waybill keys create --scopes admin" makes one.'
  if (error.code === 'API_KEY_NOT_FOUND') return ' "waybill keys list" has what is there.'
  if (error.details.field === 'filename') return ' --name gives it another one.'
  if (error.details.field === 'scopes') return ' "waybill keys create --help" names them.'
  if (error instanceof PermissionError) return ' Another key may be allowed to.'
  if (error.code === 'FILE_TYPE_MISMATCH') return hasType ? '' : ' --type says what it is.'
  if (error.code === 'FILE_NOT_FOUND') return ' "waybill files list" has what is there.'
  if (error instanceof NotFoundError) return ' Is it the URL of a service?'
  return ''
}

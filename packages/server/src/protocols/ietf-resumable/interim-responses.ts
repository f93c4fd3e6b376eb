import type { IncomingMessage, ServerResponse } from 'node:http'
import { interopVersionOf } from './interop-version.ts'

// Not imported: for an import, Node loads all that `node:http` can export, and with it `fetch`, which takes a tenth of the
// start.
const { STATUS_CODES } = process.getBuiltinModule('node:http')

const UPLOAD_RESUMPTION_SUPPORTED = 104
/** Least time between two reports of progress: less than the storage lets pass, whose last report must not be lost. */
const REPORT_MS = 500

// Node writes `unknown` for a status that it does not know.
STATUS_CODES[UPLOAD_RESUMPTION_SUPPORTED] = 'Upload Resumption Supported'

/** Sends 104 responses for one request. */
export interface InterimResponses {
  /** True when the client asked for them: a client that did not may take the first one for the final response. */
  readonly areWanted: boolean
  /** Tells the URL of a new upload and its limits. */
  tellUpload(location: string, uploadLimit: string): void
  /** Tells how many bytes are durable, about once in a second. */
  tellOffset(offset: number): void
}

/**
 * Creates the interim responses of a request. They are sent only when the request names a version of the draft that the
 * operator allows: others must not get them (draft -11, appendix "Draft Version Identification").
 */
export function createInterimResponses(
  { headers, httpVersionMinor }: IncomingMessage,
  response: ServerResponse,
  allowedVersions: readonly number[],
): InterimResponses {
  const version = interopVersionOf(headers)
  const areWanted = version !== null && allowedVersions.includes(version) && httpVersionMinor > 0
  let reportedAtMs = Number.NEGATIVE_INFINITY

  const send = (fields: Readonly<Record<string, string>>) => {
    if (!areWanted || response.headersSent || response.destroyed) return
    response.writeInformation(UPLOAD_RESUMPTION_SUPPORTED, {
      'upload-draft-interop-version': String(version),
      ...fields,
    })
  }

  return {
    areWanted,
    tellUpload: (location, uploadLimit) => send({ location, 'upload-limit': uploadLimit }),
    tellOffset: (offset) => {
      const nowMs = performance.now()
      if (nowMs - reportedAtMs < REPORT_MS) return
      reportedAtMs = nowMs
      send({ 'upload-offset': String(offset) })
    },
  }
}

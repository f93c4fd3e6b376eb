import type { IncomingMessage, ServerResponse } from 'node:http'
import { interopVersionOf } from './interop-version.ts'

// Not imported: for an import, Node loads all that `node:http` can export, and with it `fetch`, which takes a tenth of the
// start.
const { STATUS_CODES } = process.getBuiltinModule('node:http')

const UPLOAD_RESUMPTION_SUPPORTED = 104
/** Least time between two reports of progress. */
const REPORT_MS = 500

// Node writes `unknown` for a status that it does not know.
STATUS_CODES[UPLOAD_RESUMPTION_SUPPORTED] = 'Upload Resumption Supported'

/** Sends 104 responses for one request. */
export interface InterimResponses {
  /** True when the client asked for them: a client that did not may take the first one for the final response. */
  readonly areWanted: boolean
  /** Tells the URL of a new upload and its limits. */
  tellUpload(location: string, uploadLimit: string): void
  /** Tells how many bytes are durable, at once or within half a second. Of several offsets in this time, tells the last. */
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
  let durableOffset = 0
  let isScheduled = false

  const send = (fields: Readonly<Record<string, string>>) => {
    if (!areWanted || response.headersSent || response.destroyed) return
    response.writeInformation(UPLOAD_RESUMPTION_SUPPORTED, {
      'upload-draft-interop-version': String(version),
      ...fields,
    })
  }

  const report = () => {
    isScheduled = false
    reportedAtMs = performance.now()
    send({ 'upload-offset': String(durableOffset) })
  }

  return {
    areWanted,
    tellUpload: (location, uploadLimit) => send({ location, 'upload-limit': uploadLimit }),
    tellOffset: (offset) => {
      durableOffset = offset
      if (isScheduled) return
      const waitMs = reportedAtMs + REPORT_MS - performance.now()
      if (waitMs <= 0) return report()
      // The last offset must not be lost: the client may pause until it knows that its bytes are durable.
      isScheduled = true
      setTimeout(report, waitMs).unref()
    },
  }
}

import type { ModelCallReport } from '../domain/models/model-call.ts'
import { createTokenScan } from './scan-tokens.ts'

/**
 * Returns the body of an answer unchanged, and reports its first piece, its tokens and its end.
 */
export function reportBody(
  body: ReadableStream<Uint8Array>,
  report: ModelCallReport,
): ReadableStream<Uint8Array> {
  const reader = body.getReader()
  const scan = createTokenScan()
  const pull = async (controller: ReadableStreamDefaultController<Uint8Array>) => {
    try {
      const { done, value } = await reader.read()
      if (done) {
        report.receiveTokens(scan.tokens())
        report.end(null)
        controller.close()
        return
      }
      report.receivePiece()
      scan.add(value)
      controller.enqueue(value)
    } catch (error) {
      report.end(error)
      throw error
    }
  }
  const cancel = (reason: unknown) => {
    report.cancel()
    return reader.cancel(reason)
  }
  return new ReadableStream({ pull, cancel }, { highWaterMark: 0 })
}

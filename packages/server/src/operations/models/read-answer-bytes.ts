import { ServiceError } from '../../domain/errors.ts'

/** Reads the body of a model server's answer. Throws MODEL_SERVER_ERROR when it is too large, and what the body throws. */
export async function readAnswerBytes(body: ReadableStream<Uint8Array>, maxBytes: number): Promise<Buffer> {
  const pieces: Uint8Array[] = []
  let bytes = 0
  for await (const piece of body) {
    bytes += piece.byteLength
    if (bytes > maxBytes)
      throw new ServiceError('MODEL_SERVER_ERROR', 'the model server returned an answer that is too large')
    pieces.push(piece)
  }
  return Buffer.concat(pieces)
}

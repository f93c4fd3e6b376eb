// Worker thread that reads files of plain text, one after the other: it answers each `ReadRequest` with `Message`s.
import { parentPort } from 'node:worker_threads'
import type { ReadRequest } from './message.ts'
import { readFile } from './read-file.ts'

parentPort?.on('message', ({ bytes, ...request }: ReadRequest) => {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  void readFile(request, buffer, (message) => parentPort?.postMessage(message))
})

import { Worker } from 'node:worker_threads'
import type { FileKind } from '@waybill/extract/file-kind.ts'
import type { ExtractedText } from '@waybill/extract/located-text.ts'
import type { ReadRequest } from '@waybill/extract/message.ts'
import { createGate } from '../../platform/create-gate.ts'
import { ExtractionFailure } from '../text-extractor.ts'
import { MAX_NEW_OBJECTS_MB } from '../thread-calls.ts'
import type { ExtractionLimits } from './limits.ts'
import { createTextCollector } from './read-message.ts'

const ENTRY = new URL(import.meta.resolve('@waybill/extract/worker.ts'))
/** Heap of a thread: a text of the largest size needs several times its bytes. */
const MAX_HEAP_MB = 384

/** Reads files of plain text in a pool of worker threads. */
export interface ReaderThreads {
  /**
   * Returns the text. Calls `load` when a thread is free, so that files which wait hold no memory.
   * Throws `ExtractionFailure`, what `load` throws, or the reason of `signal`.
   */
  read(
    kind: FileKind,
    load: () => Promise<Uint8Array<ArrayBuffer>>,
    signal: AbortSignal,
  ): Promise<ExtractedText>
  close(): Promise<void>
}

/** Returns a pool that starts its threads with the first files, and replaces those that it had to end. */
export function createReaderThreads(threads: number, limits: ExtractionLimits): ReaderThreads {
  const idle: Worker[] = []
  const running = new Set<Worker>()
  const gate = createGate(threads)
  let isClosed = false

  function start(): Worker {
    const worker = new Worker(ENTRY, {
      env: {},
      execArgv: ['--no-warnings'],
      stdin: false,
      resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MB, maxYoungGenerationSizeMb: MAX_NEW_OBJECTS_MB },
    })
    worker.unref()
    // An idle thread has no listener of its own; an error ends it.
    worker.on('error', () => {})
    running.add(worker)
    worker.once('exit', () => running.delete(worker))
    return worker
  }

  return {
    read: (kind, load, signal) =>
      gate(async () => {
        signal.throwIfAborted()
        const bytes = await load()
        if (isClosed) throw closed()
        const worker = idle.pop() ?? start()
        try {
          const text = await readIn(
            worker,
            { kind, bytes, maxTextBytes: limits.maxTextBytes, ocr: null },
            limits,
            signal,
          )
          idle.push(worker)
          return text
        } catch (error) {
          // The thread may still be at work on the file.
          await worker.terminate()
          throw error
        }
      }),
    async close() {
      isClosed = true
      await Promise.all([...running].map((worker) => worker.terminate()))
    },
  }
}

function readIn(
  worker: Worker,
  request: ReadRequest & { readonly bytes: Uint8Array<ArrayBuffer> },
  { maxTextBytes, maxReadMs }: ExtractionLimits,
  signal: AbortSignal,
): Promise<ExtractedText> {
  const { promise, resolve, reject } = Promise.withResolvers<ExtractedText>()
  const collector = createTextCollector(maxTextBytes)
  const tooLong = `Reading the file takes more than ${maxReadMs / 1000} seconds. Split it into smaller files.`
  const timer = setTimeout(() => reject(new ExtractionFailure('invalid_file', tooLong)), maxReadMs)
  const onMessage = (message: unknown) => {
    try {
      const text = collector.take(message)
      if (text !== null) resolve(text)
    } catch (error) {
      reject(error)
    }
  }
  const onError = (cause: Error) => reject(threadFailure(cause))
  const onExit = () => reject(closed())
  const onAbort = () => reject(signal.reason)
  worker.on('message', onMessage)
  worker.on('error', onError)
  worker.on('exit', onExit)
  signal.addEventListener('abort', onAbort, { once: true })
  worker.postMessage(request, [request.bytes.buffer])
  return promise.finally(() => {
    clearTimeout(timer)
    worker.off('message', onMessage)
    worker.off('error', onError)
    worker.off('exit', onExit)
    signal.removeEventListener('abort', onAbort)
  })
}

function threadFailure(cause: Error): ExtractionFailure {
  if ((cause as NodeJS.ErrnoException).code !== 'ERR_WORKER_OUT_OF_MEMORY')
    return new ExtractionFailure('server_error', 'The reader of the file ended unexpectedly.', { cause })
  const message = `Reading the file needs more than ${MAX_HEAP_MB} MB of memory. Split it into smaller files.`
  return new ExtractionFailure('invalid_file', message, { cause })
}

function closed(): ExtractionFailure {
  return new ExtractionFailure(
    'server_error',
    'The service is stopping. The file is read after the next start.',
  )
}

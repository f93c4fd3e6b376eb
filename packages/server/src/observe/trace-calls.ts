import type { Attributes } from '@opentelemetry/api'
import type { Database } from '../database/database.ts'
import type { HostedUploads, UploadWriter } from '../storage/hosted-uploads.ts'
import type { ObjectStorage } from '../storage/object-storage.ts'
import type { Spans } from './spans.ts'

/** Wraps a database and records a span for each call, such as `database.files.register`. */
export function traceDatabase(database: Database, spans: Spans): Database {
  const groups = Object.entries(database).map(([group, member]) => {
    if (typeof member !== 'object' || member === null) return [group, member]
    const attributes = (operation: string) => ({
      'db.system.name': database.kind,
      'db.operation.name': `${group}.${operation}`,
    })
    const traced = traceMethods(member, `database.${group}`, attributes, spans)
    if (group !== 'vectorStores') return [group, traced]
    const { indexing } = database.vectorStores
    const ofIndexing = (operation: string) => attributes(`indexing.${operation}`)
    return [
      group,
      { ...traced, indexing: traceMethods(indexing, `database.${group}.indexing`, ofIndexing, spans) },
    ]
  })
  return { ...database, ...Object.fromEntries(groups) }
}

/** Wraps a storage and records a span for each call, such as `storage.uploads.claim`. It excludes the time of a stream. */
export function traceStorage<Storage extends ObjectStorage>(storage: Storage, spans: Spans): Storage {
  const attributes = () => ({ 'waybill.storage': storage.kind })
  const { stat, read, write, remove, uploads, parts, directUploads, downloads } = storage
  const traced: Traced = (methods, prefix) => traceMethods(methods, prefix, attributes, spans)
  return {
    ...storage,
    ...traced({ stat, read, write, remove }, 'storage'),
    uploads: uploads.mode === 'hosted' ? traceHosted(uploads, traced) : traced(uploads, 'storage.uploads'),
    parts: traced(parts, 'storage.parts'),
    directUploads: directUploads && {
      ...traced({ sign: directUploads.sign, complete: directUploads.complete }, 'storage.directUploads'),
      plan: directUploads.plan,
    },
    downloads: downloads && traced(downloads, 'storage.downloads'),
  }
}

type Traced = <T extends object>(methods: T, prefix: string) => T

/** Wraps hosted uploads and the writers that their claims return. */
function traceHosted(uploads: HostedUploads, traced: Traced): HostedUploads {
  const { offset, claim, fence, cancel } = traced(uploads, 'storage.uploads')
  return {
    ...uploads,
    offset,
    fence,
    cancel,
    claim: async (spec, expectedBytes) => {
      const writer: UploadWriter | null = await claim(spec, expectedBytes)
      return writer && traced(writer, 'storage.writer')
    },
  }
}

type Method = (...args: unknown[]) => Promise<unknown>

/** Wraps all methods of `target` that return promises. Generators and other properties stay unchanged. */
function traceMethods<T extends object>(
  target: T,
  prefix: string,
  attributesOf: (method: string) => Attributes,
  spans: Spans,
): T {
  const members = Object.entries(target).map(([name, member]) => {
    if (typeof member !== 'function' || member.constructor.name === 'AsyncGeneratorFunction')
      return [name, member]
    const method: Method = member.bind(target)
    const attributes = attributesOf(name)
    return [
      name,
      (...args: unknown[]) => spans.measure(`${prefix}.${name}`, attributes, () => method(...args)),
    ]
  })
  return Object.fromEntries(members)
}

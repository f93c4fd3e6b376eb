import type { HostedStorage } from '../../storage/object-storage.ts'
import type { Context } from '../context.ts'

/** Of a service that takes the bytes of uploads itself. */
export interface HostingContext extends Context {
  readonly storage: HostedStorage
}

export function isHosting(context: Context): context is HostingContext {
  return context.storage.uploads.mode === 'hosted'
}

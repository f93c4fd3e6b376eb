import type { HostedStorage } from '../../storage/object-storage.ts'
import type { Context } from '../context.ts'

/** Of a service that takes the bytes of uploads itself. */
export interface HostingContext extends Context {
  readonly storage: HostedStorage
}

export function isHosting<Part extends Pick<Context, 'storage'>>(
  context: Part,
): context is Part & Pick<HostingContext, 'storage'> {
  return context.storage.uploads.mode === 'hosted'
}

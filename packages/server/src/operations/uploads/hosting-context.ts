import type { HostedStorage } from '../../storage/object-storage.ts'
import type { Context } from '../context.ts'

/** Context of an installation with hosted uploads. */
export interface HostingContext extends Context {
  readonly storage: HostedStorage
}

export function isHosting<Part extends Pick<Context, 'storage'>>(
  context: Part,
): context is Part & Pick<HostingContext, 'storage'> {
  return context.storage.uploads.mode === 'hosted'
}

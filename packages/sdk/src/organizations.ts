import type { Api, CallOptions } from './api.ts'
import type { Organization } from './api-types.ts'

export interface Organizations {
  /** Returns the organization of this client, with its storage use. */
  get(options?: CallOptions): Promise<Organization>
}

export function createOrganizations({ call }: Api): Organizations {
  return { get: (options) => call({ method: 'GET', path: '' }, options) }
}

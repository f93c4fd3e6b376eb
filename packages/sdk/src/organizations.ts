import type { Api } from './api.ts'
import type { Organization } from './api-types.ts'

export interface CallOptions {
  readonly signal?: AbortSignal | undefined
}

export interface Organizations {
  /** Returns the organization of this client, with its storage use. */
  get(options?: CallOptions): Promise<Organization>
}

export function createOrganizations({ call }: Api): Organizations {
  return { get: ({ signal } = {}) => call({ method: 'GET', path: '', isIdempotent: true, signal }) }
}

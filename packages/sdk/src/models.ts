import type { Api, CallOptions } from './api.ts'

/** Model of the operator's model servers. */
export interface Model {
  /** Name, as requests write it. */
  readonly id: string
  /** Unix seconds; 0 when the model server does not tell. */
  readonly created: number
  readonly owned_by: string
}

export interface Models {
  /** Lists the models; none when the operator has configured no model server. */
  list(options?: CallOptions): Promise<readonly Model[]>
}

export function createModels({ callForData }: Api): Models {
  return {
    list: ({ signal } = {}) =>
      callForData({
        ...{ method: 'GET', path: '/models', isWithoutOrganization: true },
        ...{ signal },
      }),
  }
}

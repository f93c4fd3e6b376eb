import type { AttributeValue } from './store-file.ts'

/** Filter on the attributes of files, at most 8 levels deep with 256 nodes. */
export type Filter =
  | { readonly kind: 'and' | 'or'; readonly filters: readonly Filter[] }
  | {
      readonly kind: 'eq' | 'ne' | 'gt' | 'gte' | 'lt' | 'lte'
      readonly key: string
      readonly value: AttributeValue
    }
  | { readonly kind: 'in' | 'nin'; readonly key: string; readonly values: readonly AttributeValue[] }

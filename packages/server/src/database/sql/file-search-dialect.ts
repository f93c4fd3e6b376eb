import type { FileSearchRequest } from '../records/files.ts'
import type { SearchConditions } from './search-conditions.ts'
import type { Statements } from './statements.ts'

/** Parts of a search that differ between the databases. */
export interface FileSearchDialect {
  /** Condition for files that the indexes of searches have. */
  readonly isIndexed: string
  /** Condition for the other files. */
  readonly isWaiting: string
  /** Column by which `found` names files. */
  readonly key: string
  /** Collation in the order of bytes. */
  readonly byteOrder: string
  /** Returns the table, to be read from this index. */
  readFrom(index: string): string
  /** Returns the condition that the text has this part. */
  contains(text: string, part: string): string
  /** Returns the place of the part in the text, from 1; 0 when it has no such part. */
  position(text: string, part: string): string
  /**
   * Creates a function that chooses the terms of a search that its index looks up: some of them, and more of them when too
   * many files have those.
   */
  createTermChoice(
    statements: Pick<Statements, 'all'>,
  ): (terms: readonly number[]) => Promise<readonly (readonly number[])[]>
  /** Query of the keys, as `key`, of at most `$maxFound` files that have all `$terms`. */
  readonly findByTerms: string
  /** Returns the value of `$terms`. */
  termsParameter(terms: readonly number[]): string
  /** Condition for files whose keys the query `found` has. */
  readonly isFound: string
  /**
   * Returns a query of the files of a list by time that have all `$terms` and meet the conditions, which reads little
   * more than the `$limit + 1` files that it returns. Null when the index of terms has no order.
   */
  readonly listByTime: ((conditions: SearchConditions, request: FileSearchRequest) => string) | null
}

/** Log for the operator, of faults that do not fail a request. */
export interface Log {
  warn(facts: object, message: string): void
}

/** Faults that end no request, for the operator. */
export interface Log {
  warn(facts: object, message: string): void
}

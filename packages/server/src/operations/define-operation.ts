import type { AuditEvent } from '../domain/access/audit-event.ts'
import { type Caller, checkScope, checkTarget, type RequiredScope } from '../domain/access/caller.ts'
import { ServiceError } from '../domain/errors.ts'
import type { Attempt, Audit } from './access/audit.ts'

/** Facts of an operation that hold for every caller. */
export interface OperationFacts extends Pick<Attempt, 'action' | 'kind'> {
  /** A protocol may check it before it reads the body of a request; the operation checks it always. */
  readonly scope: RequiredScope
}

interface Declaration<Input, Result> extends OperationFacts {
  /** Returns the id of the operation's object for the audit. `result` is null when the operation failed. */
  targetOf?(input: Input, result: Result | null): string | null
  /** Returns the organization for the audit when the operation created it. */
  organizationOf?(result: Result): string
  /** Returns false for a result without a change, which is not recorded. Absent when every success is a change. */
  hasChanged?(result: Result): boolean
}

/**
 * Returns the event of a change of `target`, for work that writes the event in the transaction of its change: one commit
 * makes both durable. The operation does not write it again.
 */
export type TakeEvent = (target: string) => AuditEvent

/** Input of an operation that has none, so that its callers leave it out. */
// biome-ignore lint/suspicious/noConfusingVoidType: only an argument of this type can be left out
export type NoInput = void

/** Operation that clients, the operator or jobs can call. Throws INSUFFICIENT_PERMISSIONS, and what its work throws. */
export interface Operation<Context, Who extends Caller<string | null>, Input, Result> extends OperationFacts {
  (context: Context & { readonly audit: Audit }, caller: Who, input: Input): Promise<Result>
}

/**
 * Makes an operation of its work: checks the caller's permission before it, and records a change or a refusal in the
 * audit before the caller gets the result. Requests, commands and jobs go through this.
 */
export function defineOperation<Context, Who extends Caller<string | null>, Input, Result>(
  declaration: Declaration<Input, Result>,
  work: (context: Context, caller: Who, input: Input, takeEvent: TakeEvent) => Promise<Result>,
): Operation<Context, Who, Input, Result> {
  const { action, kind, scope, targetOf, organizationOf, hasChanged } = declaration
  const targetFor = (input: Input, result: Result | null) => targetOf?.(input, result) ?? null

  const perform = async (context: Context & { readonly audit: Audit }, caller: Who, input: Input) => {
    let isTaken = false
    const result = await attempt(context, caller, input, (target) => {
      isTaken = true
      return context.audit.eventOf(caller, { action, target })
    })
    if (kind !== 'change' || isTaken || hasChanged?.(result) === false) return result
    const organizationId = organizationOf?.(result) ?? caller.organizationId
    await context.audit.recordChange(
      { ...caller, organizationId },
      { action, target: targetFor(input, result) },
    )
    return result
  }

  const attempt = async (
    context: Context & { readonly audit: Audit },
    caller: Who,
    input: Input,
    takeEvent: TakeEvent,
  ) => {
    try {
      checkScope(caller, scope)
      checkTarget(caller, targetFor(input, null))
      return await work(context, caller, input, takeEvent)
    } catch (error) {
      const code = error instanceof ServiceError ? error.code : 'INTERNAL_ERROR'
      const target = targetFor(input, null)
      await context.audit.recordRefusal(caller, { action, kind, target }, code, error)
      throw error
    }
  }

  return Object.assign(perform, { action, kind, scope })
}

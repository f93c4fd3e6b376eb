import type { Steps } from '../sql/transactions.ts'

/** Age at which a task is given up when it has none of its own, for example because it only waited. */
export const MAX_TASK_AGE_MS = 24 * 60 * 60 * 1000
/** Largest payload of a task. */
export const MAX_TASK_PAYLOAD_BYTES = 64 * 1024

/**
 * Tasks of the durable queue. A claim leases a task to a worker with a new token. A worker whose token is no longer
 * that of the task has lost it: methods that take the task then return false and change nothing.
 */
export interface TaskRecords {
  /** Inserts a task in a transaction of its own; records insert theirs with `insertTask` in sql/task-statements.ts. */
  insert(task: NewTask, whenUnfinished?: WhenUnfinished): Promise<void>
  /** Claims due tasks of one kind, an organization after the other, so that none waits for the tasks of another. */
  claim(request: ClaimRequest): Promise<Claim>
  /** Claims ready tasks that are past their deadline, without regard to the limits of organizations. */
  claimOverdue(request: OverdueRequest): Promise<Task[]>
  /** Makes tasks ready whose lease has expired. Returns their number, at most `limit`. */
  releaseExpired(nowMs: number, limit: number): Promise<number>
  /** Extends the lease. */
  renew(task: Task, leaseUntilMs: number): Promise<boolean>
  /** Deletes a finished task, and makes `change` in the same transaction. */
  finish(task: Task, change?: TaskChange): Promise<boolean>
  /** Makes the task ready again from `runAtMs` on. */
  retry(task: Task, runAtMs: number, error: string): Promise<boolean>
  /** Makes the task ready again at once, as if this attempt had not been made. */
  release(task: Task): Promise<boolean>
  /** Turns the task into a dead letter, and makes `change` in the same transaction. */
  bury(task: Task, nowMs: number, error: string, change?: TaskChange): Promise<boolean>
  /** Deletes the unfinished task. Its worker loses it. Returns false when there is none. */
  cancel(organizationId: string, kind: string, key: string): Promise<boolean>
  /** Returns the unfinished task, or else the dead one; null when there is none. */
  find(organizationId: string, kind: string, key: string): Promise<TaskStatus | null>
  /** Deletes dead tasks that ended before `beforeMs`. Returns their number, at most `limit`. */
  forgetDead(beforeMs: number, limit: number): Promise<number>
  /** Counts the tasks of a kind, each state up to `limit`. */
  count(kind: string, limit: number): Promise<TaskCounts>
}

/**
 * Change of records that is made in the transaction that ends a task, such as its result. Records offer such changes;
 * other code only passes them on.
 */
export type TaskChange = () => Steps<void>

/**
 * Effect of inserting a task whose kind and key an unfinished one has: `keep` leaves that one as it is; `replace` gives
 * it the new payload and times, and starts it again when it is running: the current worker loses it.
 */
export type WhenUnfinished = 'keep' | 'replace'

export interface NewTask {
  readonly kind: string
  readonly organizationId: string
  /** Unique among the unfinished tasks of the kind. */
  readonly key: string
  /** JSON of at most `MAX_TASK_PAYLOAD_BYTES`. */
  readonly payload: string
  readonly createdAtMs: number
  /** Time before which the task does not run; `createdAtMs` when absent. */
  readonly runAtMs?: number
  /** Time at which the task is given up if it has not begun; `MAX_TASK_AGE_MS` after `createdAtMs` when absent. */
  readonly deadlineAtMs?: number
}

/** Task of a worker. */
export interface Task {
  readonly id: string
  readonly kind: string
  readonly organizationId: string
  readonly key: string
  readonly payload: string
  /** Number of this run, from 1. */
  readonly attempt: number
  readonly createdAtMs: number
  /** Time at which the task is given up. Its first run brings it forward. */
  readonly deadlineAtMs: number
  /** Proof of the lease. */
  readonly leaseToken: string
}

export interface TaskStatus {
  readonly state: 'ready' | 'running' | 'dead'
  readonly payload: string
  readonly attempts: number
  readonly runAtMs: number
  readonly lastError: string | null
}

export interface OverdueRequest {
  readonly kind: string
  readonly nowMs: number
  readonly leaseUntilMs: number
  /** Number of tasks to claim. */
  readonly max: number
}

export interface ClaimRequest extends OverdueRequest {
  /** Latest deadline of the claimed tasks, so that the time of waiting does not count. */
  readonly deadlineAtMs: number
  /** Limit of running tasks of the kind for each organization, in all processes. */
  readonly maxPerOrganization: number
  /** Organization that was served last, see `Claim.after`; empty for the first claim. */
  readonly after: string
}

export interface Claim {
  readonly tasks: readonly Task[]
  /** Organization after which the next claim begins. */
  readonly after: string
  /** False when another claim may find more tasks at once. */
  readonly isExhausted: boolean
}

export interface TaskCounts {
  /** Ready tasks, with those that wait for their time. */
  readonly waiting: number
  readonly running: number
  readonly dead: number
  /** Time at which the waiting task with the earliest deadline was created; null when none waits. */
  readonly oldestCreatedAtMs: number | null
}

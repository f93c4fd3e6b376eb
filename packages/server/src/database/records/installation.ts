import type { Organization } from '../../domain/access/organization.ts'
import type { Page, PageRequest } from '../../domain/page.ts'
import type { NewApiKey } from './api-keys.ts'

export interface InstallationRecords {
  /** Returns the stored secret of that name. Stores `candidate` when there was none. */
  secret(name: string, candidate: string): Promise<string>
  /** Replaces `expected`, or any value when it is null, with `value`; returns false when another value is stored. */
  replaceSecret(name: string, expected: string | null, value: string): Promise<boolean>
  /** Returns the latest time that any process has recorded; null when there is none. */
  clock(): Promise<ClockMark | null>
  /** Records a time unless a later one is stored or `resets` is out of date; returns the stored time. */
  noteTime(nowMs: number, resets: number): Promise<ClockMark>
  /** Sets the recorded time, possibly to an earlier one, and counts the reset. */
  resetClock(nowMs: number): Promise<ClockMark>
  /** Adds the organization and its first key, both or neither. Returns false when the id is taken. */
  createOrganization(organization: Organization, key: NewApiKey): Promise<boolean>
  hasOrganizations(): Promise<boolean>
  /** Newest first. */
  listOrganizations(page: PageRequest): Promise<Page<Organization>>
}

export interface ClockMark {
  readonly latestMs: number
  /** Number of resets by the operator. */
  readonly resets: number
}

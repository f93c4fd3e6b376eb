// Runs the suites that depend on the database again on PostgreSQL. Other suites of the API do not: both databases pass
// the same conformance suite.
import { describe } from 'node:test'
import { withoutPostgres } from './test-database.ts'

/** Suites with the subject in which the statements or transactions of the databases differ. */
const SUITES: readonly (readonly [path: string, differs: string])[] = [
  ['../api/list-files.test.ts', 'pages and their order'],
  ['../api/folders.test.ts', 'searches, folders and changes of files'],
  ['../api/open-uploads.test.ts', 'pages, and the limit of open sessions'],
  ['../api/api-keys.test.ts', 'pages, unique names, two administrators who delete each other'],
  ['../api/organizations.test.ts', 'the quota under many requests at a time'],
  ['../api/upload-url.test.ts', 'new sessions and what they reserve'],
  ['../api/register.test.ts', 'files that are registered at the same time and twice'],
  ['../api/auto-register.test.ts', 'sessions with a refused content'],
  ['../api/direct-upload.test.ts', 'reservations in batches'],
  ['../api/file-by-id.test.ts', 'deletes'],
  ['../api/trash.test.ts', 'lists and counts without the trash'],
  ['../api/share-links.test.ts', 'limits of links under many requests at a time'],
  ['../api/isolation.test.ts', 'every statement is limited to one organization'],
  ['../api/audit.test.ts', 'records and their counts'],
  ['../api/main-path.process.test.ts', 'a program and the operator beside it'],
  ['../api/threads.test.ts', 'counts and pages of messages, and the places of deleted ones'],
  ['../security/revocation.test.ts', 'keys, sessions and links that end together'],
  ['../security/stored-types.test.ts', 'rows of earlier versions'],
  ['../jobs/create-queue.test.ts', 'claims and leases of tasks'],
  ['../protocol/ending.test.ts', 'the ends of a session'],
  ['../protocol/cross/rows.test.ts', 'lengths, announced hashes and registrations by several protocols'],
  ['../protocol/tus/concatenation.test.ts', 'partial uploads that become one, at the same time'],
  ['../protocol/two-writers.test.ts', 'requests for one session at the same time'],
]

process.env.TEST_DATABASE = 'postgres'
if (withoutPostgres) describe('suites on PostgreSQL', { skip: withoutPostgres }, () => {})
else for (const [path] of SUITES) await import(path)

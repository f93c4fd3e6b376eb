// Proves that the import rules bite: plants one violation of each, and fails unless each is reported.
import { execFileSync } from 'node:child_process'
import { rmSync, writeFileSync } from 'node:fs'
import config from '../.dependency-cruiser.js'

const SRC = 'packages/server/src'

/** Violations by rule: the folder of the planted file, and the forbidden import. */
const VIOLATIONS: Readonly<Record<string, readonly [folder: string, imported: string]>> = {
  'platform-imports-nothing': [`${SRC}/platform`, '../domain/errors.ts'],
  'domain-imports-only-platform': [`${SRC}/domain`, '../operations/context.ts'],
  'storage-knows-only-domain': [`${SRC}/storage`, '../database/database.ts'],
  'database-knows-only-domain': [`${SRC}/database`, '../storage/object-storage.ts'],
  'knowledge-knows-only-domain': [`${SRC}/knowledge`, '../database/database.ts'],
  'models-know-only-domain': [`${SRC}/models`, '../database/database.ts'],
  'identity-knows-only-domain': [`${SRC}/identity`, '../database/database.ts'],
  'only-identity-knows-jose': [`${SRC}/operations`, 'jose'],
  'only-the-index-knows-sqlite': [`${SRC}/knowledge`, './sqlite-index/sqlite-search-index.ts'],
  'chunks-and-tokens-are-pure': [`${SRC}/knowledge/chunks`, 'node:fs'],
  'one-backend-never-knows-another': [`${SRC}/storage/memory`, '../disk/disk-storage.ts'],
  'disk-storage-has-one-way-to-files': [`${SRC}/storage/disk`, 'node:fs/promises'],
  'operations-know-interfaces-only': [`${SRC}/operations`, '../storage/disk/disk-storage.ts'],
  'operations-know-no-http': [`${SRC}/operations`, 'fastify'],
  'protocols-reach-down-through-operations': [`${SRC}/protocols`, '../database/records/upload-sessions.ts'],
  'no-protocol-imports-another': [`${SRC}/protocols/waybill`, '../google-resumable/content-range.ts'],
  'jobs-reach-down-through-operations': [`${SRC}/jobs`, '../protocols/urls.ts'],
  'job-mechanism-knows-no-work': [`${SRC}/jobs/queue`, '../tasks/start-indexing.ts'],
  'only-compose-starts-jobs': [SRC, './jobs/tasks/sweep.ts'],
  'only-compose-picks-backends': [SRC, './database/sqlite/sqlite-database.ts'],
  'no-layer-imports-upward': [`${SRC}/protocols`, '../compose/start-server.ts'],
  'only-compose-starts-observers': [SRC, './observe/metrics.ts'],
  'only-observers-know-their-libraries': [`${SRC}/operations`, 'prom-client'],
  'only-gcs-knows-googles-client': [`${SRC}/operations`, '@google-cloud/storage'],
  'only-s3-storage-knows-aws-client': [`${SRC}/operations`, '@aws-sdk/client-s3'],
  'observers-see-interfaces-only': [`${SRC}/observe`, '../jobs/tasks/sweep.ts'],
  'server-knows-no-client': [SRC, '../../cli/src/create-organization-command.ts'],
  'extract-imports-nothing': ['packages/extract/src', '../../server/src/domain/errors.ts'],
  'only-extraction-starts-readers': [`${SRC}/operations`, '@waybill/extract/located-text.ts'],
  'server-knows-only-types-of-readers': [`${SRC}/knowledge/extraction`, '@waybill/extract/read-file.ts'],
  'only-readers-know-their-libraries': [`${SRC}/knowledge/extraction`, 'parse5'],
  'sdk-imports-nothing': ['packages/sdk/src', '../../server/src/domain/errors.ts'],
  'only-the-platform-knows-node': ['packages/sdk/src', 'node:fs'],
  'console-knows-only-the-sdk': ['packages/console/src/files', '../../../sdk/src/errors.ts'],
  'reference-knows-only-the-document': ['packages/reference/src', '../../server/src/domain/errors.ts'],
  'examples-know-only-the-sdk': ['packages/reference/examples', '../../server/src/domain/errors.ts'],
  'sample-applications-know-only-the-sdk': ['examples/web-upload', '../../packages/sdk/src/errors.ts'],
  'no-cycles': [SRC, './planted-no-cycles.ts'],
}

const plantedPath = (rule: string, folder: string) => `${folder}/planted-${rule}.ts`

function plantAll(): string[] {
  return Object.entries(VIOLATIONS).map(([rule, [folder, imported]]) => {
    const path = plantedPath(rule, folder)
    writeFileSync(path, `export * from '${imported}'\n`)
    return path
  })
}

/** The violations as `rule path`; dependency-cruiser exits with their number. */
function reportedViolations(): Set<string> {
  let json: string
  try {
    json = execFileSync(
      'depcruise',
      ['--config', '.dependency-cruiser.js', '--output-type', 'json', 'packages', 'examples'],
      {
        encoding: 'utf8',
        maxBuffer: 256 * 1024 * 1024,
      },
    )
  } catch (error) {
    json = (error as { stdout: string }).stdout
  }
  const { violations } = JSON.parse(json).summary as {
    violations: { from: string; rule: { name: string } }[]
  }
  return new Set(violations.map(({ from, rule }) => `${rule.name} ${from}`))
}

const rules = config.forbidden.map(({ name }) => name)
const planted = plantAll()
try {
  const reported = reportedViolations()
  const silent = rules.filter((rule) => {
    const violation = VIOLATIONS[rule]
    return !violation || !reported.has(`${rule} ${plantedPath(rule, violation[0])}`)
  })
  if (silent.length > 0) throw new Error(`these import rules do not bite: ${silent.join(', ')}`)
  console.log(`all ${rules.length} import rules bite`)
} finally {
  for (const path of planted) rmSync(path)
}

import assert from 'node:assert/strict'
import { type ApiKey, hashSecret } from '../../domain/access/api-key.ts'
import type { Organization } from '../../domain/access/organization.ts'
import type { File } from '../../domain/files/file.ts'
import { objectName } from '../../domain/files/object-name.ts'
import { createId } from '../../domain/ids.ts'
import { NO_HASHES, type UploadSession } from '../../domain/uploads/upload-session.ts'
import type { Database } from '../database.ts'
import type { NewApiKey } from './api-keys.ts'
import type { FileListRequest } from './files.ts'

export const NOW_MS = Date.UTC(2026, 0, 15, 10, 30)
export const MAX_UNFINISHED = 10_000
export const FIRST_PAGE = {
  limit: 50,
  skip: 0,
  after: null,
  before: null,
  order: 'desc',
  purpose: 'all',
  state: 'live',
  nowMs: NOW_MS,
} as const satisfies FileListRequest

/** Values and helpers of the conformance suites. `database` is open while tests run. */
export interface DatabaseFixture extends ReturnType<typeof createHelpers> {
  readonly database: Database
}

/** Creates the fixture of a database that is opened later. */
export function createFixture(database: () => Database): DatabaseFixture {
  return {
    ...createHelpers(database),
    get database() {
      return database()
    },
  }
}

function createHelpers(database: () => Database) {
  const newOrganization = async (storageLimitBytes: number | null = null): Promise<string> => {
    const id = createId('org')
    const organization = organizationOf(id, storageLimitBytes)
    assert.ok(await database().installation.createOrganization(organization, keyOf(id)))
    return id
  }
  const newKey = async (organizationId: string, changes: Partial<NewApiKey> = {}) => {
    const key = { ...keyOf(createId('ak')), ...changes }
    assert.ok(await database().apiKeys.create(organizationId, key))
    return key
  }
  const firstKeyOf = async (organizationId: string): Promise<ApiKey> => {
    const { items } = await database().apiKeys.list(organizationId, FIRST_PAGE)
    return items.at(-1) ?? assert.fail('the organization has no key')
  }
  const newSession = async (organizationId: string, changes: Partial<UploadSession> = {}) => {
    const session = sessionOf(organizationId, changes)
    const { uploadSessions } = database()
    assert.ok(
      await uploadSessions.create(organizationId, session, hashSecret(session.fileId), MAX_UNFINISHED),
    )
    return session
  }
  const register = async (organizationId: string, session: UploadSession, uploadedAtMs = NOW_MS) => {
    const file = await database().files.register(organizationId, fileOf(session, uploadedAtMs))
    assert.ok(file)
    return file
  }
  const usage = async (organizationId: string) => {
    const found = await database().organizations.find(organizationId)
    return { used: found?.storageUsedBytes, reserved: found?.storageReservedBytes }
  }

  const countOf = (organizationId: string) => database().uploadSessions.countUnfinished(organizationId)

  return { newOrganization, newKey, firstKeyOf, newSession, register, usage, countOf }
}

export function organizationOf(id: string, storageLimitBytes: number | null = null): Organization {
  return {
    id,
    name: 'Örganization',
    isActive: true,
    storageLimitBytes,
    storageUsedBytes: 0,
    storageReservedBytes: 0,
    createdAtMs: NOW_MS,
    updatedAtMs: NOW_MS,
  }
}

export function keyOf(organizationId: string) {
  return {
    id: createId('ak'),
    name: 'First key',
    prefix: 'oak_live_abcd',
    secretSha256: hashSecret(organizationId),
    scopes: ['files:read', 'admin'] as const,
    createdBy: null,
    createdAtMs: NOW_MS,
    expiresAtMs: null,
  }
}

export function sessionOf(organizationId: string, changes: Partial<UploadSession> = {}): UploadSession {
  const fileId = createId('file')
  const filename = changes.filename ?? 'a.bin'
  return {
    fileId,
    organizationId,
    objectName: objectName(organizationId, fileId, filename),
    filename,
    sizeBytes: 100,
    reservedBytes: changes.sizeBytes ?? 100,
    maxSizeBytes: 1000,
    contentType: 'text/plain',
    state: { kind: 'open' },
    failure: null,
    protocol: 'google',
    layout: 'sequential',
    registers: 'on-request',
    metadata: null,
    announced: NO_HASHES,
    checksums: [],
    uploadHandle: null,
    openedBy: null,
    openedByUser: null,
    protocolState: null,
    createdAtMs: NOW_MS,
    expiresAtMs: NOW_MS + 1000,
    fileLifetimeMs: null,
    purpose: null,
    sharesBytesOf: null,
    path: '',
    fileMetadata: {},
    ...changes,
  }
}

export function fileOf(session: UploadSession, uploadedAtMs = NOW_MS): File {
  return {
    id: session.fileId,
    organizationId: session.organizationId,
    filename: session.filename,
    path: session.path,
    metadata: session.fileMetadata,
    sizeBytes: session.sizeBytes ?? 0,
    contentType: session.contentType,
    detectedContentType: null,
    objectName: session.objectName,
    generation: '1768473000000000',
    crc32c: 'AAAAAA==',
    md5: null,
    sha256: null,
    uploadedByApiKeyId: null,
    uploadedBy: null,
    uploadedAtMs,
    purpose: null,
    expiresAtMs: null,
    damagedAtMs: null,
    sharesBytesOf: session.sharesBytesOf,
    trashedAtMs: null,
  }
}

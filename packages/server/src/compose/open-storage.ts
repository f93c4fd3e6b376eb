import type { StorageChoice, UploadSync } from '../config.ts'
import { createBufferPool } from '../storage/buffer-pool.ts'
import { openDiskStorage } from '../storage/disk/disk-storage.ts'
import { nodeFileSystem } from '../storage/disk/node-file-system.ts'
import { type OnSync, watchSyncs } from '../storage/disk/watch-syncs.ts'
import { withoutSync } from '../storage/disk/without-sync.ts'
import { createMemoryStorage } from '../storage/memory/memory-storage.ts'
import type { HostedStorage, ObjectStorage } from '../storage/object-storage.ts'
import { loadOptional } from './load-optional.ts'
import { openS3 } from './load-s3.ts'

/** Memory for the bodies of all uploads: the pool for fast ones, and the limit of the buffers of all others. */
const BUFFER_POOL_BYTES = 4 * 1024 * 1024
const BODY_BUDGET_BYTES = 4 * 1024 * 1024

/** Opens the storage. Commands of the operator may open it while a server is running. `memory:` opens a new, empty one. */
export function openStorage(
  choice: Exclude<StorageChoice, { kind: 'gcs' }>,
  uploadSync?: UploadSync,
  onSync?: OnSync | null,
): Promise<HostedStorage>
export function openStorage(
  choice: StorageChoice,
  uploadSync?: UploadSync,
  onSync?: OnSync | null,
): Promise<ObjectStorage>
export async function openStorage(
  choice: StorageChoice,
  uploadSync: UploadSync = 'always',
  onSync: OnSync | null = null,
): Promise<ObjectStorage> {
  const budget = { heldBytes: 0, limitBytes: BODY_BUDGET_BYTES }
  if (choice.kind === 'memory') return createMemoryStorage(budget)
  if (choice.kind === 'gcs') return openGcs(choice)
  if (choice.kind === 's3') return openS3(choice, budget)
  const disk = onSync === null ? nodeFileSystem : watchSyncs(nodeFileSystem, onSync)
  const fs = uploadSync === 'never' ? withoutSync(disk) : disk
  return openDiskStorage(choice.directory, budget, { fs, pool: createBufferPool(BUFFER_POOL_BYTES) })
}

/** Loads Google's client only when it is needed. */
async function openGcs(choice: Extract<StorageChoice, { kind: 'gcs' }>): Promise<ObjectStorage> {
  const { openGcsStorage } = await loadOptional(
    'Google Cloud Storage',
    '@google-cloud/storage',
    () => import('../storage/gcs/gcs-storage.ts'),
  )
  return openGcsStorage(choice)
}

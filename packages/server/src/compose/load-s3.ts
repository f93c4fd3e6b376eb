import type { StorageChoice } from '../config.ts'
import type { HostedStorage } from '../storage/object-storage.ts'
import type { S3Abilities } from '../storage/s3/examine-s3.ts'
import type { BodyBudget } from '../storage/write-batches.ts'
import { loadOptional } from './load-optional.ts'

type S3Choice = Extract<StorageChoice, { kind: 's3' }>

/** Opens the storage on an S3 server. Loads AWS's client only when it is needed. */
export async function openS3(choice: S3Choice, budget: BodyBudget): Promise<HostedStorage> {
  const { openS3Storage } = await load(() => import('../storage/s3/s3-storage.ts'))
  const { maxFileBytes, isShared } = choice
  return openS3Storage(choice, maxFileBytes, budget, { isShared })
}

/** Examines the S3 server for `waybill doctor`. */
export async function examineS3Storage(choice: S3Choice): Promise<S3Abilities> {
  const { examineS3 } = await load(() => import('../storage/s3/examine-s3.ts'))
  return examineS3(choice)
}

function load<T>(module: () => Promise<T>): Promise<T> {
  return loadOptional('S3 storage', '@aws-sdk/', module)
}

import { examineS3Storage } from '@waybill/server/compose/load-s3.ts'
import type { StorageChoice } from '@waybill/server/config.ts'
import { type CheckResult, failed, ok, warning } from './finding.ts'

type S3Choice = Extract<StorageChoice, { kind: 's3' }>
type Abilities = Awaited<ReturnType<typeof examineS3Storage>>

/** Reports what the S3 server of the storage lacks, and what follows from it. */
export async function checkS3(choice: S3Choice): Promise<CheckResult[]> {
  const abilities = await examineS3Storage(choice)
  const found = LACKS.filter(({ applies }) => applies(abilities, choice)).map(({ result }) => result)
  if (found.length > 0) return found
  return [ok('The S3 server verifies uploads, has conditional writes and completes uploads of parts.')]
}

interface Lack {
  readonly result: CheckResult
  applies(abilities: Abilities, choice: S3Choice): boolean
}

const hasConditions = ({ createsOnce, ifMatch }: Abilities) => createsOnce && ifMatch !== null

const LACKS: readonly Lack[] = [
  {
    result: failed(
      's3-no-conditional-writes',
      "The S3 server ignores If-Match or If-None-Match, which several processes need: they could lose each other's bytes. Use SQLite and one process, or another S3 server.",
    ),
    applies: (abilities, { isShared }) => isShared && !hasConditions(abilities),
  },
  {
    result: warning(
      's3-one-process',
      'The S3 server ignores If-Match or If-None-Match, so only one process may use the bucket. Never start a second one, not even during an update.',
    ),
    applies: (abilities, { isShared }) => !isShared && !hasConditions(abilities),
  },
  {
    result: failed(
      's3-no-md5',
      'The S3 server stores bytes that differ from their Content-MD5: it would not notice bytes that are damaged on their way. Use another S3 server.',
    ),
    applies: ({ verifiesMd5 }) => !verifiesMd5,
  },
  {
    result: warning(
      's3-all-parts',
      'The S3 server joins uploads only with all their parts, as Ceph 16 does. Numbers of parts are used again, so an upload has to begin again if a slow request of a stopped process replaces a part with other bytes.',
    ),
    applies: ({ joinsSomeParts }) => !joinsSomeParts,
  },
  {
    result: failed(
      's3-no-part-copy',
      'The S3 server does not copy objects as parts (UploadPartCopy), so uploads of parts fail at their completion: those of OpenAI, multipart uploads of clients of S3 and parallel uploads. Check the permissions s3:GetObject and s3:PutObject, or use another S3 server.',
    ),
    applies: ({ copiesParts }) => !copiesParts,
  },
  {
    result: warning(
      's3-versions',
      'The bucket keeps deleted objects as versions, which cost as much as stored ones. Add a lifecycle rule that removes noncurrent versions; see docs/s3-storage.md.',
    ),
    applies: ({ isVersioned }) => isVersioned === true,
  },
  {
    result: warning(
      's3-part-size',
      'A presigned URL takes a part of another size than it was signed for: clients of direct uploads can send more bytes than they announced, until the upload is completed or expires.',
    ),
    applies: ({ refusesOtherSize }) => refusesOtherSize === false,
  },
  {
    result: failed(
      's3-url-refused',
      'A presigned URL returned no bytes, so downloads fail. Check that clients reach the endpoint, or remove direct=true from STORAGE_URL.',
    ),
    applies: ({ servesUrls }) => servesUrls === false,
  },
]

import type { S3Fault } from './s3-fault.ts'

/** Permission that this service needs, as in a policy of IAM. */
export type S3Action =
  | 's3:PutObject'
  | 's3:GetObject'
  | 's3:DeleteObject'
  | 's3:ListBucket'
  | 's3:AbortMultipartUpload'
  | 's3:ListMultipartUploadParts'

const NO_CREDENTIALS =
  /^(CredentialsProviderError|InvalidAccessKeyId|SignatureDoesNotMatch|ExpiredToken|InvalidToken)$/

/** Failure of a call, with a message that tells the operator the reason and the remedy. */
export class S3Problem extends Error {
  readonly isTransient: boolean

  constructor(fault: S3Fault, bucket: string, action: S3Action) {
    super(explain(fault, bucket, action))
    this.isTransient = fault.isTransient
  }
}

function explain({ status, code, message, isTransient }: S3Fault, bucket: string, action: S3Action): string {
  const said = code === '' || code === 'UnknownError' ? message : `${code}: ${message}`
  if (NO_CREDENTIALS.test(code)) {
    return `the S3 server rejects the credentials of this process (${said}): set S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY`
  }
  if (code === 'NoSuchBucket') {
    return `the bucket ${bucket} does not exist (${said}): create it, or correct STORAGE_URL`
  }
  if (code === 'PermanentRedirect' || code === 'AuthorizationHeaderMalformed' || status === 301) {
    return `the bucket ${bucket} is in another region (${said}): correct "region" in STORAGE_URL`
  }
  if (code === 'RequestTimeTooSkewed') return `the clock of this machine is wrong (${said})`
  if (status === 403 || status === 401) {
    return `the credentials may not use s3://${bucket} (${said}): allow ${action} on it`
  }
  if (status !== null) return `the S3 server responded with ${status} (${said})`
  return isTransient
    ? `the S3 server did not respond (${said})`
    : `the request to the S3 server failed (${said})`
}

import { type GoogleFault, isMissingBucket } from './google-fault.ts'

/** Permission that this service needs: `iam…` on the service account itself, the others on the bucket. */
export type Permission =
  | 'storage.objects.create'
  | 'storage.objects.get'
  | 'storage.objects.delete'
  | 'storage.objects.list'
  | 'iam.serviceAccounts.signBlob'

const NO_CREDENTIALS =
  /default credentials|invalid_grant|invalid_client|unauthorized_client|client_email|does not exist, or it is not a file|DECODER|PEM|private key/i

/** Failure of a call, with a message that tells the operator the reason and the remedy. */
export class GoogleProblem extends Error {
  readonly isTransient: boolean

  constructor(fault: GoogleFault, bucket: string, permission: Permission) {
    super(explain(fault, bucket, permission))
    this.isTransient = fault.isTransient
  }
}

function explain(
  { status, message, isTransient }: GoogleFault,
  bucket: string,
  permission: Permission,
): string {
  if (status === 401 || NO_CREDENTIALS.test(message)) {
    return `Google rejects the credentials of this process (${message}): provide a service account, with GOOGLE_APPLICATION_CREDENTIALS or as the service account of the machine`
  }
  // The client drops the status of a failed signature, so match its message.
  if (
    permission === 'iam.serviceAccounts.signBlob' &&
    (status === 403 || /denied|permission/i.test(message))
  ) {
    return `the service account may not sign URLs (${message}): grant it ${permission} on itself, with the role roles/iam.serviceAccountTokenCreator, or use a key file`
  }
  if (status === 403) {
    return `the service account may not use gs://${bucket} (${message}): grant it ${permission} on the bucket, with the role roles/storage.objectUser`
  }
  if (status === 404 && isMissingBucket(message)) {
    return `the bucket ${bucket} does not exist (${message}): create it, or correct STORAGE_URL`
  }
  if (status !== null) return `Google Cloud Storage responded with ${status} (${message})`
  return isTransient
    ? `Google Cloud Storage did not respond (${message})`
    : `the request to Google Cloud Storage failed (${message})`
}

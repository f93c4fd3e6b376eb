import { type GoogleFault, isOfBucket } from './google-fault.ts'

/** What this service has to be allowed. `iam…` concerns the account itself, the others the bucket. */
export type Permission =
  | 'storage.objects.create'
  | 'storage.objects.get'
  | 'storage.objects.delete'
  | 'storage.objects.list'
  | 'iam.serviceAccounts.signBlob'

const NO_CREDENTIALS =
  /default credentials|invalid_grant|invalid_client|unauthorized_client|client_email|does not exist, or it is not a file|DECODER|PEM|private key/i

/** Why a call came to nothing: a sentence for the operator, with what mends it. */
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
    return `Google does not take the credentials of this process (${message}): give it a service account in Google's standard way, by GOOGLE_APPLICATION_CREDENTIALS or as the account of the machine`
  }
  // The client keeps no status of a signature that it did not get.
  if (
    permission === 'iam.serviceAccounts.signBlob' &&
    (status === 403 || /denied|permission/i.test(message))
  ) {
    return `the service account may not sign URLs (${message}): grant it ${permission} on itself, by the role roles/iam.serviceAccountTokenCreator, or use a key file`
  }
  if (status === 403) {
    return `the service account may not use gs://${bucket} (${message}): grant it ${permission} there, by the role roles/storage.objectUser`
  }
  if (status === 404 && isOfBucket(message)) {
    return `there is no bucket ${bucket} (${message}): create it, or correct STORAGE_URL`
  }
  if (status !== null) return `Google Cloud Storage answered ${status} (${message})`
  return isTransient
    ? `Google Cloud Storage gave no answer (${message})`
    : `Google Cloud Storage could not be asked (${message})`
}

import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'

export interface Certificate {
  readonly certificatePath: string
  readonly keyPath: string
}

/** The reason to skip where openssl is not installed, else false. */
export async function missingOpenssl(): Promise<string | false> {
  const isFound = await promisify(execFile)('openssl', ['version']).then(
    () => true,
    () => false,
  )
  return isFound ? false : 'openssl is not installed'
}

/** A certificate of 127.0.0.1 that signs itself. */
export async function makeCertificate(folder: string): Promise<Certificate> {
  const certificatePath = join(folder, 'certificate.pem')
  const keyPath = join(folder, 'key.pem')
  const subject = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1']
  const files = ['-keyout', keyPath, '-out', certificatePath]
  await promisify(execFile)('openssl', [
    ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2'],
    ...files,
    ...subject,
  ])
  return { certificatePath, keyPath }
}

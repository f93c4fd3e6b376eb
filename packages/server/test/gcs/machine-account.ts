import { type KeyObject, sign } from 'node:crypto'
import { json } from 'node:stream/consumers'
import { type Exchange, sendJson } from './exchange.ts'

export const MACHINE_ACCOUNT = 'waybill@machine.iam.gserviceaccount.com'

/** Metadata server of a machine at Google: https://cloud.google.com/compute/docs/metadata/predefined-metadata-keys */
export async function answerMetadataServer({ response, pathname }: Exchange): Promise<void> {
  response.setHeader('metadata-flavor', 'Google')
  if (pathname.endsWith('/token')) {
    return sendJson(response, 200, { access_token: 'a-token', expires_in: 3600, token_type: 'Bearer' })
  }
  if (pathname.endsWith('/email')) return void response.end(MACHINE_ACCOUNT)
  if (pathname.endsWith('/universe-domain')) return void response.end('googleapis.com')
  if (pathname.endsWith('/project-id')) return void response.end('a-project')
  sendJson(response, 200, {})
}

/** https://cloud.google.com/iam/docs/reference/credentials/rest/v1/projects.serviceAccounts/signBlob */
export async function answerIam({ request, response }: Exchange, privateKey: KeyObject): Promise<void> {
  const { payload } = (await json(request)) as { payload: string }
  const signedBlob = sign('RSA-SHA256', Buffer.from(payload, 'base64'), privateKey).toString('base64')
  sendJson(response, 200, { keyId: 'a-key', signedBlob })
}
